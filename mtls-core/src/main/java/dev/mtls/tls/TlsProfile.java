package dev.mtls.tls;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;

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
 * X25519 first
 */
public record TlsProfile(List<String> protocols, List<String> cipherSuites, List<String> namedGroups) {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private static final List<String> CIPHER_SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
			"TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

	private static final List<String> NAMED_GROUPS = List.of("x25519", "secp256r1", "secp384r1", "secp521r1");

	private static final @Nullable MethodHandle SET_NAMED_GROUPS = findSetNamedGroups();

	/**
	 * Create a profile.
	 * @throws MtlsException if a protocol or cipher suite is unknown or too weak, or if
	 * named groups are given on a JDK that cannot restrict them
	 */
	public TlsProfile {
		protocols = orDefault("protocols", protocols, PROTOCOLS);
		cipherSuites = orDefault("ciphers", cipherSuites, CIPHER_SUITES);
		checkSupported(protocols, cipherSuites);
		if (!namedGroups.isEmpty() && SET_NAMED_GROUPS == null) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "named-groups",
					"this JDK (%s) cannot restrict named groups".formatted(Runtime.version()),
					"run on JDK 20 or newer, or remove the property");
		}
		namedGroups = namedGroups.isEmpty() ? NAMED_GROUPS : List.copyOf(namedGroups);
	}

	/**
	 * The default profile.
	 * @return the profile
	 */
	public static TlsProfile defaults() {
		return new TlsProfile(List.of(), List.of(), List.of());
	}

	/**
	 * Set protocols, cipher suites and, where the JDK can, named groups.
	 * @param parameters the parameters of a connection
	 */
	public void applyTo(SSLParameters parameters) {
		parameters.setProtocols(this.protocols.toArray(String[]::new));
		parameters.setCipherSuites(this.cipherSuites.toArray(String[]::new));
		parameters.setUseCipherSuitesOrder(true);
		if (SET_NAMED_GROUPS != null) {
			try {
				SET_NAMED_GROUPS.invoke(parameters, this.namedGroups.toArray(String[]::new));
			}
			catch (Throwable ex) {
				throw new IllegalStateException("Named groups cannot be set", ex);
			}
		}
	}

	private static List<String> orDefault(String property, List<String> values, List<String> defaults) {
		if (values.isEmpty()) {
			return defaults;
		}
		for (String value : values) {
			if (!defaults.contains(value)) {
				throw new MtlsException(Reason.CONFIGURATION_INVALID, property,
						"'%s' is unknown, or weaker than allowed".formatted(value),
						"choose from " + String.join(", ", defaults));
			}
		}
		return List.copyOf(values);
	}

	private static void checkSupported(List<String> protocols, List<String> cipherSuites) {
		boolean tls13Suites = cipherSuites.stream().anyMatch(TlsProfile::isTls13);
		boolean tls12Suites = cipherSuites.stream().anyMatch((suite) -> !isTls13(suite));
		checkSuitesFor("TLSv1.3", tls13Suites, protocols);
		checkSuitesFor("TLSv1.2", tls12Suites, protocols);
		List<String> supported = supportedCipherSuites();
		for (String suite : cipherSuites) {
			if (!supported.contains(suite)) {
				throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "ciphers",
						"this JDK does not offer '%s'".formatted(suite),
						"remove it, or run on a JDK whose security properties allow it");
			}
		}
	}

	private static void checkSuitesFor(String protocol, boolean present, List<String> protocols) {
		if (protocols.contains(protocol) && !present) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "ciphers",
					"no cipher suite for %s is left, but protocols names it".formatted(protocol),
					"add a cipher suite for it, or remove it from protocols");
		}
	}

	private static boolean isTls13(String suite) {
		return !suite.contains("_WITH_");
	}

	private static List<String> supportedCipherSuites() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(new KeyManager[0], new TrustManager[0], null);
			return Arrays.asList(context.getSupportedSSLParameters().getCipherSuites());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK has no TLS context", ex);
		}
	}

	private static @Nullable MethodHandle findSetNamedGroups() {
		try {
			return MethodHandles.publicLookup()
				.findVirtual(SSLParameters.class, "setNamedGroups", MethodType.methodType(void.class, String[].class));
		}
		catch (ReflectiveOperationException ex) {
			// Since JDK 20
			return null;
		}
	}

}
