package dev.mtls.tls;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLParameters;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TlsProfile}.
 */
class TlsProfileTests {

	@Test
	void defaultsAreStrongAndPreferNewest() {
		TlsProfile profile = TlsProfile.defaults();
		assertThat(profile.protocols()).containsExactly("TLSv1.3", "TLSv1.2");
		assertThat(profile.cipherSuites()).hasSize(9)
			.startsWith("TLS_AES_128_GCM_SHA256")
			.allMatch((suite) -> suite.contains("_GCM_") || suite.contains("_POLY1305_"))
			.allMatch((suite) -> !suite.contains("_WITH_") || suite.startsWith("TLS_ECDHE_"));
		assertThat(profile.namedGroups()).startsWith("x25519");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.1", "TLSv1", "SSLv3", "SSLv2Hello", "TLSv1.4", "tlsv1.3", "TLS", "" })
	void createWhenProtocolIsWeakOrUnknownThrows(String protocol) {
		assertRefused(() -> new TlsProfile(List.of("TLSv1.3", protocol), List.of(), List.of()),
				Reason.CONFIGURATION_INVALID, "protocols",
				"'%s' is unknown, or weaker than allowed".formatted(protocol), "choose from TLSv1.3, TLSv1.2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
			"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
			"TLS_ECDHE_ECDSA_WITH_NULL_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "SSL_RSA_WITH_RC4_128_MD5",
			"TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "ECDHE-RSA-AES128-GCM-SHA256", "HIGH:!aNULL", "" })
	void createWhenCipherSuiteIsWeakOrUnknownThrows(String suite) {
		assertRefused(() -> new TlsProfile(List.of(), List.of("TLS_AES_128_GCM_SHA256", suite), List.of()),
				Reason.CONFIGURATION_INVALID, "ciphers", "'%s' is unknown, or weaker than allowed".formatted(suite),
				"choose from TLS_AES_128_GCM_SHA256, ");
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLSv1.3", "TLSv1.2, TLS_AES_128_GCM_SHA256, TLSv1.2",
			", TLS_AES_128_GCM_SHA256, TLSv1.2", ", TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLSv1.3" })
	void createWhenProtocolHasNoCipherSuiteThrows(@Nullable String protocol, String suite, String without) {
		List<String> protocols = (protocol != null) ? List.of(protocol) : List.of();
		assertRefused(() -> new TlsProfile(protocols, List.of(suite), List.of()), Reason.CONFIGURATION_CONFLICT,
				"ciphers", "none of them is for %s, which protocols allows".formatted(without),
				"add a cipher suite for it, or set protocols without it");
	}

	@Test
	void createWhenOneProtocolIsChosenKeepsDefaultCipherSuites() {
		TlsProfile profile = new TlsProfile(List.of("TLSv1.3"), List.of(), List.of());
		assertThat(profile.cipherSuites()).isEqualTo(TlsProfile.defaults().cipherSuites());
	}

	@Test
	void createKeepsOrderAndDropsWhatIsNamedTwice() {
		TlsProfile profile = new TlsProfile(List.of("TLSv1.2", "TLSv1.3", "TLSv1.2"),
				List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
				List.of());
		assertThat(profile.protocols()).containsExactly("TLSv1.2", "TLSv1.3");
		assertThat(profile.cipherSuites()).containsExactly("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
				"TLS_AES_256_GCM_SHA384");
	}

	@Test
	void createCopiesLists() {
		List<String> protocols = new ArrayList<>(List.of("TLSv1.3"));
		TlsProfile profile = new TlsProfile(protocols, List.of(), List.of());
		protocols.add("TLSv1.1");
		assertThat(profile.protocols()).containsExactly("TLSv1.3");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> profile.protocols().add("TLSv1.1"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> profile.cipherSuites().add("TLS_RSA_WITH_AES_128_GCM_SHA256"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> profile.namedGroups().add("secp192r1"));
	}

	@Test
	void applyToSetsProtocolsAndCipherSuitesInOrder() {
		SSLParameters parameters = new SSLParameters();
		new TlsProfile(List.of(), List.of("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
				List.of())
			.applyTo(parameters);
		assertThat(parameters.getProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
		assertThat(parameters.getCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384",
				"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
		assertThat(parameters.getUseCipherSuitesOrder()).isTrue();
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_19, disabledReason = "This JDK can restrict named groups")
	void createWhenJdkCannotRestrictNamedGroupsThrows() {
		assertRefused(() -> new TlsProfile(List.of(), List.of(), List.of("x25519")), Reason.ENGINE_UNSUPPORTED,
				"named-groups", "cannot restrict named groups", "run on JDK 20 or newer, or remove the property");
	}

	@ParameterizedTest
	@EnabledForJreRange(min = JRE.JAVA_20, disabledReason = "This JDK cannot restrict named groups")
	@ValueSource(strings = { "X25519", "secp192r1", "ffdhe1024", "nonsense", "" })
	void createWhenNamedGroupIsNotOfferedThrows(String group) {
		assertRefused(() -> new TlsProfile(List.of(), List.of(), List.of("x25519", group)), Reason.ENGINE_UNSUPPORTED,
				"named-groups", "this JDK does not offer '%s'".formatted(group), "choose from x25519, secp256r1, ");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_20, disabledReason = "This JDK cannot restrict named groups")
	void applyToSetsNamedGroupsInOrderEachOnce() {
		SSLParameters parameters = new SSLParameters();
		new TlsProfile(List.of(), List.of(), List.of("secp384r1", "x25519", "secp384r1")).applyTo(parameters);
		assertThat(NamedGroups.get(parameters)).containsExactly("secp384r1", "x25519");
		TlsProfile.defaults().applyTo(parameters);
		assertThat(NamedGroups.get(parameters)).containsExactly("x25519", "secp256r1", "secp384r1", "secp521r1");
	}

	@Test
	void narrowedToWhenLessIsAllowedIsTheSame() {
		TlsProfile narrower = new TlsProfile(List.of("TLSv1.3"),
				List.of("TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"), List.of());
		assertThat(TlsProfile.defaults().narrowedTo(narrower)).isSameAs(narrower);
		assertThat(narrower.narrowedTo(narrower)).isSameAs(narrower);
	}

	@Test
	void narrowedToWhenProtocolIsNotAllowedThrows() {
		TlsProfile profile = new TlsProfile(List.of("TLSv1.3"), List.of(), List.of());
		assertRefused(() -> profile.narrowedTo(TlsProfile.defaults()), Reason.CONFIGURATION_CONFLICT, "protocols",
				"TLSv1.2 cannot be negotiated where only TLSv1.3 can", "leave it out, or allow it");
	}

	@Test
	void narrowedToWhenCipherSuitesAreNotAllowedThrows() {
		TlsProfile profile = new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"), List.of());
		TlsProfile other = new TlsProfile(List.of("TLSv1.3"),
				List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"), List.of());
		assertRefused(() -> profile.narrowedTo(other), Reason.CONFIGURATION_CONFLICT, "ciphers",
				"TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256 cannot be negotiated where only "
						+ "TLS_AES_256_GCM_SHA384 can",
				"leave it out, or allow it");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_20, disabledReason = "This JDK cannot restrict named groups")
	void narrowedToWhenNamedGroupIsNotAllowedThrows() {
		TlsProfile profile = new TlsProfile(List.of(), List.of(), List.of("x25519"));
		assertThat(TlsProfile.defaults().narrowedTo(profile)).isSameAs(profile);
		TlsProfile other = new TlsProfile(List.of(), List.of(), List.of("x25519", "secp256r1"));
		assertRefused(() -> profile.narrowedTo(other), Reason.CONFIGURATION_CONFLICT, "named-groups",
				"secp256r1 cannot be negotiated where only x25519 can", "leave it out, or allow it");
		assertRefused(() -> profile.narrowedTo(TlsProfile.defaults()), Reason.CONFIGURATION_CONFLICT, "named-groups",
				"secp256r1, secp384r1, secp521r1 cannot", "leave it out, or allow it");
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_19, disabledReason = "This JDK can restrict named groups")
	void narrowedToWhenJdkCannotRestrictNamedGroupsChecksTheRest() {
		TlsProfile narrower = new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"), List.of());
		assertThat(TlsProfile.defaults().narrowedTo(narrower)).isSameAs(narrower);
		assertRefused(() -> narrower.narrowedTo(TlsProfile.defaults()), Reason.CONFIGURATION_CONFLICT, "protocols",
				"TLSv1.2", "leave it out, or allow it");
	}

	@Test
	void canRestrictNamedGroupsFromJdk20On() {
		assertThat(TlsProfile.canRestrictNamedGroups()).isEqualTo(Runtime.version().feature() >= 20);
	}

	private static void assertRefused(Runnable create, Reason reason, String place, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(create::run).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(reason);
			assertThat(ex.place()).isEqualTo(place);
			assertThat(ex.problem()).contains(problem);
			assertThat(ex.fix()).contains(fix);
		});
	}

}
