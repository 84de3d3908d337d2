package dev.mtls.sample;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;

/**
 * Who calls, and from where.
 *
 * @param name the display name
 * @param subject the subject of the certificate
 * @param dnsNames its DNS names
 * @param uris its URIs
 * @param spiffeId its SPIFFE ID, if it has one
 * @param serialNumber its serial number in hexadecimal digits
 * @param fingerprint its SHA-256 fingerprint in hexadecimal digits
 * @param notAfter when it runs out
 * @param address the address of the caller
 */
record WhoAmI(String name, String subject, List<String> dnsNames, List<String> uris, @Nullable String spiffeId,
		String serialNumber, String fingerprint, Instant notAfter, String address) {

	static WhoAmI of(PeerIdentity caller, String address) {
		SpiffeId spiffeId = caller.spiffeId();
		return new WhoAmI(caller.displayName(), caller.subject(), caller.dnsNames(), caller.uris(),
				(spiffeId != null) ? spiffeId.toString() : null, caller.serialNumber().toString(16),
				caller.fingerprint(), caller.notAfter(), address);
	}

}
