package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsClientProperties}: what each key does, and what a wrong value
 * leads to.
 */
class MtlsClientPropertiesTests {

	private static final String SECRET = "s3cr3t-Passw0rd";

	private static MtlsTestFiles files;

	@TempDir
	static Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles() throws Exception {
		files = MtlsTestFiles.in(directory);
		TestCertificate client = files.authority().client("client");
		client.writeTo(directory, "other");
		Stores.encryptedKey(directory.resolve("encrypted.key"), client, SECRET);
		Stores.keyStore(directory.resolve("key.p12"), "PKCS12", SECRET, SECRET, "client", client);
		Stores.trustStore(directory.resolve("trust.p12"), "PKCS12", SECRET, files.authority().anchor());
	}

	@Test
	void certificateAndPrivateKeyGiveKeyAndChain() {
		run((gate) -> assertThat(name(gate)).isEqualTo("CN=client"), files.clientProperties());
	}

	@Test
	void privateKeyPasswordOpensTheKey() {
		run((gate) -> assertThat(name(gate)).isEqualTo("CN=client"),
				"mtls.client.certificate=" + directory.resolve("other.crt"),
				"mtls.client.private-key=" + directory.resolve("encrypted.key"),
				"mtls.client.private-key-password=" + SECRET, "mtls.client.trust-certificates=" + files.anchor());
	}

	@Test
	void keyStoreAndTrustStoreGiveKeyAndTrust() {
		run((gate) -> {
			assertThat(name(gate)).isEqualTo("CN=client");
			assertThat(gate.snapshot().trust().anchors()).containsExactly(files.authority().anchor());
		}, "mtls.client.key-store.location=" + directory.resolve("key.p12"), "mtls.client.key-store.password=" + SECRET,
				"mtls.client.key-store.alias=client",
				"mtls.client.trust-store.location=" + directory.resolve("trust.p12"),
				"mtls.client.trust-store.password=" + SECRET);
	}

	@Test
	void protocolsAndCiphersRestrict() {
		run((gate) -> {
			assertThat(gate.settings().tls().protocols()).containsExactly("TLSv1.3");
			assertThat(gate.settings().tls().cipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
		}, and("protocols=TLSv1.3", "ciphers=TLS_AES_128_GCM_SHA256"));
	}

	@ParameterizedTest
	@CsvSource({ "hostname, true", "identity, false", "both, true" })
	void serverCheckSaysWhetherTheHostNameCounts(String check, boolean hostName) {
		run((gate) -> assertThat(gate.settings().hostNameChecked()).isEqualTo(hostName),
				and("server-check=" + check, "allowed-servers=dns:api.example.com"));
	}

	@Test
	void allowedServersRestrictWhateverTheCheck() {
		PeerIdentity api = PeerIdentity.of(files.authority().client("api.example.com").certificate());
		PeerIdentity other = PeerIdentity.of(files.authority().client("other.example.com").certificate());
		run((gate) -> {
			assertThat(gate.rules().access().admitIdentity(api).isAllowed()).isTrue();
			assertThat(gate.rules().access().admitIdentity(other).isAllowed()).isFalse();
		}, and("allowed-servers=dns:api.example.com"));
	}

	@Test
	void trustDomainsAndRequiredPoliciesRestrict() {
		run((gate) -> {
			assertThat(gate.snapshot().trust().trustDomains()).containsOnlyKeys("example.org");
			assertThat(gate.settings().requiredPolicies().identifiers()).containsExactly("1.2.3");
		}, and("trust-domains[example.org].trust-certificates=" + files.anchor(), "required-policies=1.2.3"));
	}

	static List<Arguments> wrongValues() {
		return List.of(wrong(Reason.TRUST_MISSING, "mtls.client.trust-certificates", "no trust anchor", "enabled=true"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.client.private-key", "not set", "certificate=a.crt",
						"trust-certificates=" + directory.resolve("ca.crt")),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.client.server-check=identity",
						"mtls.client.allowed-servers is not set", and("server-check=identity")),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.client.server-check=both",
						"mtls.client.allowed-servers is not set", and("server-check=both")),
				wrong(Reason.RULE_INVALID, "mtls.client.required-policies", "anyPolicy",
						and("required-policies=2.5.29.32.0")),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.client.trust-domains[A]", "other than a-z",
						and("trust-domains[A].trust-certificates=" + files.anchor())),
				wrong(Reason.RULES_EMPTY, "mtls.client.allowed-servers", "no rule", and("allowed-servers=")),
				wrong(Reason.RULE_INVALID, "mtls.client.allowed-servers", "SPIFFE",
						and("allowed-servers=uri:spiffe://td/a")),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.client.protocols", "'SSLv3'", and("protocols=SSLv3")),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.client.bundle=mtls-client", "takes its material from here",
						"bundle=mtls-client"));
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void wrongValueFailsWithPlaceProblemAndFix(Reason reason, String place, String problem, String[] properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.reason()).isEqualTo(reason);
			assertThat(failure.place()).startsWith(place);
			assertThat(failure.getMessage()).contains(problem);
			assertThat(failure.fix()).isNotBlank();
		});
	}

	@Test
	void toStringMasksSecrets() {
		this.runner
			.withPropertyValues(and("private-key-password=" + SECRET, "key-store.password=" + SECRET,
					"key-store.key-password=" + SECRET, "trust-store.password=" + SECRET))
			.run((context) -> assertThat(context.getBean(MtlsClientProperties.class)).asString()
				.doesNotContain(SECRET));
	}

	private void run(Consumer<Gate> gate, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			gate.accept(context.getBean(Gate.class));
		});
	}

	private static String name(Gate gate) {
		return Objects.requireNonNull(gate.snapshot().key()).leaf().getSubjectX500Principal().getName();
	}

	private static Arguments wrong(Reason reason, String place, String problem, String... properties) {
		return Arguments.of(reason, place, problem,
				Stream.of(properties)
					.map((property) -> property.startsWith("mtls.") ? property : "mtls.client." + property)
					.toArray(String[]::new));
	}

	/**
	 * Properties beside those that make a client.
	 */
	private static String[] and(String... properties) {
		return Stream
			.concat(Stream.of(files.clientProperties()),
					Stream.of(properties).map((property) -> "mtls.client." + property))
			.toArray(String[]::new);
	}

}
