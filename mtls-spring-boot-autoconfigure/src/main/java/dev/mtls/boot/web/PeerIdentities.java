package dev.mtls.boot.web;

import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import dev.mtls.identity.PeerIdentity;

/**
 * The identities of certificates that are in use, so that a certificate is parsed once
 * and not at every request. An entry lives no longer than its certificate. Nothing is
 * decided here: whether a peer is admitted is asked of the gate each time.
 */
final class PeerIdentities {

	private final Map<X509Certificate, PeerIdentity> identities = Collections.synchronizedMap(new WeakHashMap<>());

	PeerIdentity of(X509Certificate certificate) {
		PeerIdentity identity = this.identities.get(certificate);
		if (identity == null) {
			identity = PeerIdentity.of(certificate);
			this.identities.put(certificate, identity);
		}
		return identity;
	}

}
