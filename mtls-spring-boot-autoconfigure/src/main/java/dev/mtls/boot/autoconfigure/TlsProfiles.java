package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.decision.MtlsException;
import dev.mtls.tls.TlsProfile;

/**
 * Makes a {@link TlsProfile} of properties and, where they are silent, of the options of
 * the SSL bundle that they name.
 */
final class TlsProfiles {

	private TlsProfiles() {
	}

	static TlsProfile of(String prefix, List<String> protocols, List<String> ciphers, List<String> namedGroups,
			SslOptions bundleOptions) {
		try {
			return new TlsProfile(orOf(protocols, bundleOptions.getEnabledProtocols()),
					orOf(ciphers, bundleOptions.getCiphers()), namedGroups);
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.%s".formatted(prefix, ex.place()), ex.problem(), ex.fix(), ex);
		}
	}

	private static List<String> orOf(List<String> values, String @Nullable [] bundleValues) {
		return (values.isEmpty() && bundleValues != null) ? List.of(bundleValues) : values;
	}

}
