package dev.mtls.boot.autoconfigure;

import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.tls.TlsProfile;

/**
 * Makes a {@link TlsProfile} of properties.
 */
final class TlsProfiles {

	private TlsProfiles() {
	}

	static TlsProfile of(String prefix, List<String> protocols, List<String> ciphers, List<String> namedGroups) {
		try {
			return new TlsProfile(protocols, ciphers, namedGroups);
		}
		catch (MtlsException ex) {
			throw ex.at(prefix);
		}
	}

}
