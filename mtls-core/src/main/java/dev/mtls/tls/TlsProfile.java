package dev.mtls.tls;

import java.security.GeneralSecurityException;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * What may be negotiated: protocols, cipher suites and named groups, each in order of
 * preference. Only TLS 1.3 and 1.2, and only suites with forward secrecy and
 * authenticated encryption (RFC 9325, sections 3.1 and 4.2).
 *
 * @param protocols protocols, such as {@code TLSv1.3}; empty for the default
 * @param cipherSuites cipher suites by their Java names; empty for the default
 * @param namedGroups named groups, such as {@code x25519}; empty for the default, with
 * X25519 first. A JDK older than 20 cannot restrict them and uses its own.
 */
public record TlsProfile(List<String> protocols, List<String> cipherSuites, List<String> namedGroups) {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private static final List<String> CIPHER_SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
			"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

	private static final List<String> NAMED_GROUPS = List.of("x25519", "secp256r1", "secp384r1", "secp521r1");

	/**
	 * Create a profile.
	 * @throws MtlsException if a value is unknown, too weak or not offered by this JDK,
	 * if no cipher suite is left for a protocol, or if named groups are given on a JDK
	 * that cannot restrict them
	 */
	public TlsProfile {
		SSLParameters offered = offered();
		protocols = choose("protocols", protocols, PROTOCOLS, List.of(offered.getProtocols()));
		cipherSuites = choose("ciphers", cipherSuites, CIPHER_SUITES, List.of(offered.getCipherSuites()));
		checkSuitesFor(protocols, cipherSuites);
		namedGroups = chooseGroups(namedGroups, NamedGroups.get(offered));
	}

	/**
	 * The default profile.
	 * @return the profile
	 */
	public static TlsProfile defaults() {
		return new TlsProfile(List.of(), List.of(), List.of());
	}

	/**
	 * Whether this JDK can restrict named groups, which those from 20 on can.
	 * @return {@code false} if a profile cannot be given any
	 */
	public static boolean canRestrictNamedGroups() {
		return !NamedGroups.get(offered()).isEmpty();
	}

	/**
	 * Check that another profile allows nothing that this one does not: protocols, cipher
	 * suites and, where the JDK can restrict them, named groups. What is not given to a
	 * profile is there by default, and counts as well.
	 * @param narrower the other profile
	 * @return the other profile
	 * @throws MtlsException if it allows more ({@link Reason#CONFIGURATION_CONFLICT})
	 */
	public TlsProfile narrowedTo(TlsProfile narrower) {
		checkAmong("protocols", narrower.protocols, this.protocols);
		checkAmong("ciphers", narrower.cipherSuites, this.cipherSuites);
		checkAmong("named-groups", narrower.namedGroups, this.namedGroups);
		return narrower;
	}

	/**
	 * Set protocols, cipher suites and, where the JDK can, named groups.
	 * @param parameters the parameters of a connection
	 */
	public void applyTo(SSLParameters parameters) {
		parameters.setProtocols(this.protocols.toArray(String[]::new));
		parameters.setCipherSuites(this.cipherSuites.toArray(String[]::new));
		parameters.setUseCipherSuitesOrder(true);
		NamedGroups.set(parameters, this.namedGroups);
	}

	private static List<String> choose(String property, List<String> values, List<String> strong,
			List<String> offered) {
		List<String> choice = strong.stream().filter(offered::contains).toList();
		for (String value : values) {
			if (!strong.contains(value)) {
				throw new MtlsException(Reason.CONFIGURATION_INVALID, property,
						"'%s' is unknown, or weaker than allowed".formatted(value),
						"choose from " + String.join(", ", choice));
			}
			if (!choice.contains(value)) {
				throw notOffered(property, value, choice);
			}
		}
		return values.isEmpty() ? choice : values.stream().distinct().toList();
	}

	private static List<String> chooseGroups(List<String> values, List<String> offered) {
		if (offered.isEmpty()) {
			if (!values.isEmpty()) {
				throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "named-groups",
						"this JDK (%s) cannot restrict named groups".formatted(Runtime.version()),
						"run on JDK 20 or newer, or remove the property");
			}
			return NAMED_GROUPS;
		}
		for (String value : values) {
			if (!offered.contains(value)) {
				throw notOffered("named-groups", value, offered);
			}
		}
		if (!values.isEmpty()) {
			return values.stream().distinct().toList();
		}
		List<String> choice = NAMED_GROUPS.stream().filter(offered::contains).toList();
		// Whoever restricts the JDK to others of its groups means those
		return choice.isEmpty() ? offered : choice;
	}

	private static void checkSuitesFor(List<String> protocols, List<String> cipherSuites) {
		for (String protocol : protocols) {
			boolean tls13 = protocol.equals("TLSv1.3");
			if (cipherSuites.stream().noneMatch((suite) -> isTls13(suite) == tls13)) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "ciphers",
						"none of them is for %s, which protocols allows".formatted(protocol),
						"add a cipher suite for it, or set protocols without it");
			}
		}
	}

	private static void checkAmong(String property, List<String> values, List<String> allowed) {
		List<String> missing = values.stream().filter((value) -> !allowed.contains(value)).toList();
		if (!missing.isEmpty()) {
			String problem = "%s cannot be negotiated where only %s can".formatted(String.join(", ", missing),
					String.join(", ", allowed));
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, property, problem,
					"leave it out, or allow it for all connections");
		}
	}

	private static boolean isTls13(String suite) {
		return !suite.contains("_WITH_");
	}

	private static MtlsException notOffered(String property, String value, List<String> choice) {
		return new MtlsException(Reason.ENGINE_UNSUPPORTED, property, "this JDK does not offer '%s'".formatted(value),
				"choose from %s, or run on a JDK whose security properties allow it"
					.formatted(String.join(", ", choice)));
	}

	private static SSLParameters offered() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(new KeyManager[0], new TrustManager[0], null);
			return context.getSupportedSSLParameters();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK has no TLS context", ex);
		}
	}

}
