package dev.mtls.boot.autoconfigure;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsServerProperties}: what each key does, and what a wrong value
 * leads to.
 */
class MtlsServerPropertiesTests {

	private static final String SECRET = "s3cr3t-Passw0rd";

	private static MtlsTestFiles files;

	@TempDir
	static Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles() throws Exception {
		files = MtlsTestFiles.in(directory);
		TestCertificate server = files.authority().server();
		server.writeTo(directory, "other");
		Files.writeString(directory.resolve("empty.crt"), "");
		Files.writeString(directory.resolve("garbage.crt"), "no certificate");
		Files.writeString(directory.resolve("two.crt"),
				files.authority().anchorPem() + TestAuthority.create().anchorPem());
		Stores.encryptedKey(directory.resolve("encrypted.key"), server, SECRET);
		for (String type : List.of("PKCS12", "JKS")) {
			Stores.keyStore(directory.resolve("key." + type), type, SECRET, SECRET, "server", server);
			Stores.trustStore(directory.resolve("trust." + type), type, SECRET, files.authority().anchor());
		}
		Stores.keyStore(directory.resolve("two.jks"), "JKS", SECRET, "key-" + SECRET, "first", server);
		Stores.keyStore(directory.resolve("two.jks"), "JKS", SECRET, "key-" + SECRET, "second",
				files.authority().server());
		Files.createDirectory(directory.resolve("anchors"));
		Files.copy(files.anchor(), directory.resolve("anchors/ca.pem"));
		Path open = Files.copy(files.server().privateKey(), directory.resolve("open.key"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
		PemFiles expired = files.authority()
			.server((request) -> request.notBefore(files.authority().anchor().getNotBefore().toInstant())
				.notAfter(files.authority().anchor().getNotBefore().toInstant().plusSeconds(60)))
			.writeTo(directory, "expired");
		assertThat(expired.certificate()).exists();
	}

	@Test
	void certificateAndPrivateKeyWhenPemGiveKeyAndChain() {
		run((gate) -> assertThat(leaf(gate).getSubjectX500Principal().getName()).isEqualTo("CN=localhost"),
				files.serverProperties());
	}

	@Test
	void certificateWhenInlinePemGivesKeyAndChain() {
		TestCertificate server = files.authority().server();
		run((gate) -> assertThat(leaf(gate)).isEqualTo(server.certificate()),
				"mtls.server.certificate=" + server.chainPem(), "mtls.server.private-key=" + server.privateKeyPem(),
				"mtls.server.trust-certificates[0]=" + files.authority().anchorPem());
	}

	@Test
	void privateKeyPasswordOpensTheKey() {
		run((gate) -> assertThat(leaf(gate)).isNotNull(), with("certificate=other.crt", "private-key=encrypted.key",
				"private-key-password=" + SECRET, "trust-certificates=ca.crt"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void keyStoreAndTrustStoreGiveKeyAndTrust(String type) {
		run((gate) -> {
			assertThat(leaf(gate).getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
			assertThat(gate.snapshot().trust().anchors()).containsExactly(files.authority().anchor());
		}, with("key-store.location=key." + type, "key-store.type=" + type, "key-store.password=" + SECRET,
				"trust-store.location=trust." + type, "trust-store.type=" + type, "trust-store.password=" + SECRET));
	}

	@Test
	void keyStoreWhenAliasAndKeyPasswordGivesThatEntry() {
		run((gate) -> assertThat(leaf(gate)).isNotNull(),
				with("key-store.location=two.jks", "key-store.type=JKS", "key-store.password=" + SECRET,
						"key-store.key-password=key-" + SECRET, "key-store.alias=second", "trust-certificates=ca.crt"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ca.crt", "anchors", "anchors/*.pem", "ca.crt,optional:absent.crt" })
	void trustCertificatesTakesFilesDirectoriesAndGlobs(String location) {
		run((gate) -> assertThat(gate.snapshot().trust().anchors()).containsExactly(files.authority().anchor()), with(
				"certificate=server.crt", "private-key=server.key",
				"trust-certificates=" + Stream.of(location.split(","))
					.map((one) -> one.startsWith("optional:") ? "optional:" + directory.resolve(one.substring(9))
							: directory.resolve(one).toString())
					.reduce("%s,%s"::formatted)
					.orElseThrow()));
	}

	@Test
	void trustCertificatesAndTrustStoreAddUp() {
		run((gate) -> assertThat(gate.snapshot().trust().anchors()).hasSize(1),
				with("certificate=server.crt", "private-key=server.key", "trust-certificates=ca.crt",
						"trust-store.location=trust.JKS", "trust-store.type=JKS"));
	}

	@Test
	void protocolsCiphersAndGroupsWhenNotSetAreTheDefaults() {
		run((gate) -> {
			assertThat(gate.settings().tls().protocols()).containsExactly("TLSv1.3", "TLSv1.2");
			assertThat(gate.settings().tls().cipherSuites()).hasSize(9);
			assertThat(gate.settings().tls().namedGroups()).startsWith("x25519");
		}, files.serverProperties());
	}

	@Test
	void protocolsAndCiphersRestrict() {
		run((gate) -> {
			assertThat(gate.settings().tls().protocols()).containsExactly("TLSv1.3");
			assertThat(gate.settings().tls().cipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
		}, and("protocols=TLSv1.3", "ciphers=TLS_AES_256_GCM_SHA384"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_20)
	void namedGroupsRestrict() {
		run((gate) -> assertThat(gate.settings().tls().namedGroups()).containsExactly("secp256r1"),
				and("named-groups=secp256r1"));
	}

	@Test
	void clientAuthWhenWantMakesTheCertificateOptional() {
		run((gate) -> assertThat(gate.settings().certificateRequired()).isTrue(), and("client-auth=need"));
		run((gate) -> assertThat(gate.settings().certificateRequired()).isTrue(), files.serverProperties());
		run((gate) -> assertThat(gate.settings().certificateRequired()).isFalse(), and("client-auth=WANT"));
		run((gate) -> assertThat(gate.settings().certificateRequired()).isFalse(),
				and("client-auth=want", "excluded-paths=/public/**"));
	}

	@Test
	void modeWhenReportOnlyReports() {
		run((gate) -> assertThat(gate.settings().reportOnly()).isFalse(), files.serverProperties());
		run((gate) -> assertThat(gate.settings().reportOnly()).isTrue(), and("mode=report-only"));
	}

	@Test
	void ocspStaplingIsOffUnlessSet() {
		run((gate) -> assertThat(gate.settings().ocspStapling()).isFalse(), files.serverProperties());
		run((gate) -> assertThat(gate.settings().ocspStapling()).isTrue(), and("ocsp-stapling=true"));
	}

	@Test
	void handshakeTimeoutIsTenSecondsUnlessSet() {
		run((gate) -> assertThat(gate.settings().handshakeTimeout()).isEqualTo(Duration.ofSeconds(10)),
				files.serverProperties());
		run((gate) -> assertThat(gate.settings().handshakeTimeout()).isEqualTo(Duration.ofMillis(500)),
				and("limits.handshake-timeout=500ms"));
	}

	@Test
	void allowedNetworksRestrict() throws Exception {
		InetAddress inside = InetAddress.getByName("10.1.2.3");
		InetAddress outside = InetAddress.getByName("11.1.2.3");
		run((gate) -> {
			assertThat(gate.admitAddress(inside).isAllowed()).isTrue();
			assertThat(gate.admitAddress(outside).isAllowed()).isFalse();
		}, and("allowed-networks=10.0.0.0/8,::1"));
	}

	@Test
	void allowedClientsRestrict() {
		PeerIdentity api = PeerIdentity.of(files.authority().client("api.example.com").certificate());
		PeerIdentity other = PeerIdentity.of(files.authority().client("other.example.com").certificate());
		run((gate) -> {
			assertThat(gate.rules().access().admitIdentity(api).isAllowed()).isTrue();
			assertThat(gate.rules().access().admitIdentity(other).isAllowed()).isFalse();
		}, and("allowed-clients[0]=dns:api.example.com", "allowed-clients[1]=spiffe://td/a"));
	}

	@Test
	void trustDomainsGiveAnchorsOfTheirOwn() {
		run((gate) -> {
			assertThat(gate.snapshot().trust().anchors()).containsExactly(files.authority().anchor());
			assertThat(gate.snapshot().trust().trustDomains()).containsOnlyKeys("example.org", "td_2");
		}, and("trust-domains[example.org].trust-certificates=ca.crt",
				"trust-domains[td_2].trust-certificates[0]=ca.crt"));
		run((gate) -> assertThat(gate.snapshot().trust().trustDomainsOf(files.authority().anchor()))
			.containsExactly("td"),
				with("certificate=server.crt", "private-key=server.key", "trust-domains.td.trust-certificates=ca.crt"));
		run((gate) -> assertThat(gate.snapshot().trust().trustDomains()).isEmpty(), files.serverProperties());
	}

	@Test
	void requiredPoliciesAreThoseOfTheGate() {
		run((gate) -> assertThat(gate.settings().requiredPolicies().identifiers())
			.containsExactlyInAnyOrder("1.3.6.1.4.1.99999.1", "1.2.3"),
				and("required-policies=1.3.6.1.4.1.99999.1,1.2.3"));
		run((gate) -> assertThat(gate.settings().requiredPolicies().identifiers()).isEmpty(), files.serverProperties());
	}

	@Test
	void environmentVariablesAreProperties() {
		this.runner.withInitializer((context) -> OnMtlsConditionTests.environment(context,
				Map.of("MTLS_SERVER_CERTIFICATE", files.server().certificate().toString(), "MTLS_SERVER_PRIVATE_KEY",
						files.server().privateKey().toString(), "MTLS_SERVER_TRUSTCERTIFICATES",
						files.anchor().toString(), "MTLS_SERVER_CLIENT_AUTH", "want", "MTLS_SERVER_ALLOWEDCLIENTS_0",
						"dns:a.example.com")))
			.run((context) -> {
				Gate gate = context.getBean(Gate.class);
				assertThat(gate.settings().certificateRequired()).isFalse();
				assertThat(gate.rules().access().allowedPeers()).hasSize(1);
			});
	}

	static List<Arguments> wrongValues() {
		return List.of(
				wrong(Reason.TRUST_MISSING, "mtls.server.trust-certificates", "no trust anchor",
						"certificate=server.crt", "private-key=server.key"),
				wrong(Reason.TRUST_MISSING, "mtls.server.trust-certificates", "no trust anchor",
						"certificate=server.crt", "private-key=server.key", "trust-certificates="),
				wrong(Reason.TRUST_MISSING, "mtls.server.trust-certificates", "no trust anchor", "enabled=true"),
				wrong(Reason.KEY_MISSING, "mtls.server", "no certificate to present", "trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.server.private-key", "not set", "certificate=server.crt",
						"trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.server.certificate", "not set", "private-key=server.key",
						"trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.server.certificate", "empty", "certificate=",
						"private-key=server.key", "trust-certificates=ca.crt"),
				wrong(Reason.SOURCE_UNREADABLE, "mtls.server.certificate=", "no such file", "certificate=absent.crt",
						"private-key=server.key", "trust-certificates=ca.crt"),
				wrong(Reason.SOURCE_UNREADABLE, "mtls.server.trust-certificates=", "no such file",
						"certificate=server.crt", "private-key=server.key", "trust-certificates=absent.crt"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.server.certificate=https:", "network",
						"certificate=https://example.com/tls.crt", "private-key=server.key",
						"trust-certificates=ca.crt"),
				wrong(Reason.MATERIAL_INVALID, "empty.crt", "empty", "certificate=empty.crt", "private-key=server.key",
						"trust-certificates=ca.crt"),
				wrong(Reason.MATERIAL_INVALID, "garbage.crt", "no certificate", "certificate=garbage.crt",
						"private-key=server.key", "trust-certificates=ca.crt"),
				wrong(Reason.KEY_MISMATCH, "server.crt", "belongs to the private key", "certificate=server.crt",
						"private-key=other.key", "trust-certificates=ca.crt"),
				wrong(Reason.MATERIAL_EXPIRED, "expired.crt", "expired at", "certificate=expired.crt",
						"private-key=expired.key", "trust-certificates=ca.crt"),
				wrong(Reason.PASSWORD_WRONG, "encrypted.key", "no password", "certificate=other.crt",
						"private-key=encrypted.key", "trust-certificates=ca.crt"),
				wrong(Reason.PASSWORD_WRONG, "encrypted.key", "does not open", "certificate=other.crt",
						"private-key=encrypted.key", "private-key-password=wrong-" + SECRET,
						"trust-certificates=ca.crt"),
				wrong(Reason.PERMISSIONS_TOO_OPEN, "open.key", "others than its owner", "certificate=server.crt",
						"private-key=open.key", "strict-permissions=true", "trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server.key-store.location", "certificate is set as well",
						"certificate=server.crt", "private-key=server.key", "key-store.location=key.JKS",
						"trust-certificates=ca.crt"),
				wrong(Reason.PASSWORD_WRONG, "key.PKCS12", "does not open", "key-store.location=key.PKCS12",
						"key-store.password=wrong-" + SECRET, "trust-certificates=ca.crt"),
				wrong(Reason.MATERIAL_INVALID, "two.jks", "first, second", "key-store.location=two.jks",
						"key-store.type=JKS", "key-store.password=" + SECRET, "key-store.key-password=key-" + SECRET,
						"trust-certificates=ca.crt"),
				wrong(Reason.MATERIAL_INVALID, "two.jks", "named 'third'", "key-store.location=two.jks",
						"key-store.type=JKS", "key-store.password=" + SECRET, "key-store.alias=third",
						"trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_INVALID, "key.JKS", "of the type 'PEM12'", "key-store.location=key.JKS",
						"key-store.type=PEM12", "trust-certificates=ca.crt"),
				wrong(Reason.TRUST_MISSING, "key.JKS", "key entries only", "certificate=server.crt",
						"private-key=server.key", "trust-store.location=key.JKS", "trust-store.type=JKS"),
				wrong(Reason.CONFIGURATION_INVALID, "mtls.server.bundle=absent", "no such bundle", "bundle=absent"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server.bundle=absent", "set as well", "bundle=absent",
						"certificate=server.crt", "private-key=server.key"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server.bundle=absent", "set as well", "bundle=absent",
						"trust-certificates=ca.crt"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server.bundle=mtls-server", "takes its material from here",
						"bundle=mtls-server"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.protocols", "'TLSv1.1'", "protocols=TLSv1.1"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.ciphers", "'TLS_RSA_WITH_AES_128_CBC_SHA'",
						"ciphers=TLS_RSA_WITH_AES_128_CBC_SHA"),
				wrongBeside(Reason.CONFIGURATION_CONFLICT, "mtls.server.ciphers", "TLSv1.3",
						"ciphers=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.trust-domains[Example.org]",
						"other than a-z, 0-9", "trust-domains[Example.org].trust-certificates=ca.crt"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.trust-domains[td/a]", "other than a-z",
						"trust-domains[td/a].trust-certificates=ca.crt"),
				wrongBeside(Reason.TRUST_MISSING, "mtls.server.trust-domains[td].trust-certificates", "no certificate",
						"trust-domains[td].trust-certificates="),
				wrongBeside(Reason.SOURCE_UNREADABLE, "mtls.server.trust-domains[td].trust-certificates=",
						"no such file", "trust-domains[td].trust-certificates=absent.crt"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server", "trust domains [a, b]", "certificate=server.crt",
						"private-key=server.key", "trust-certificates=two.crt",
						"allowed-clients=spiffe://a/x,spiffe://b/x"),
				wrong(Reason.CONFIGURATION_CONFLICT, "mtls.server.bundle=absent", "set as well", "bundle=absent",
						"trust-domains[td].trust-certificates=ca.crt"),
				wrongBeside(Reason.RULES_EMPTY, "mtls.server.required-policies", "no policy", "required-policies="),
				wrongBeside(Reason.RULE_INVALID, "mtls.server.required-policies", "no object identifier",
						"required-policies=1.2.x"),
				wrongBeside(Reason.RULES_EMPTY, "mtls.server.allowed-networks", "no rule", "allowed-networks="),
				wrongBeside(Reason.RULES_EMPTY, "mtls.server.allowed-clients", "no rule", "allowed-clients="),
				wrongBeside(Reason.RULE_INVALID, "mtls.server.allowed-networks", "10.0.0.0/8",
						"allowed-networks=10.0.0.1/8"),
				wrongBeside(Reason.RULE_INVALID, "mtls.server.allowed-networks", "10.0.0.0/33",
						"allowed-networks=10.0.0.0/33"),
				wrongBeside(Reason.RULE_INVALID, "mtls.server.allowed-clients", "spiffe:",
						"allowed-clients=uri:spiffe://td/a"),
				wrongBeside(Reason.RULE_INVALID, "mtls.server.allowed-clients", "", "allowed-clients=dns:a*b.example"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.crls", "empty", "revocation.crls="),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation", "nothing says where",
						"revocation.mode=hard-fail"),
				wrongBeside(Reason.CRL_INVALID, "mtls.server.revocation.crls=", "", "revocation.crls=ca.crt"),
				wrongBeside(Reason.CONFIGURATION_CONFLICT, "mtls.server.client-auth=need", "mtls.server.excluded-paths",
						"client-auth=need", "excluded-paths=/public/**"),
				wrongBeside(Reason.CONFIGURATION_CONFLICT, "mtls.server.client-auth=need", "mtls.server.exclude-probes",
						"client-auth=need", "exclude-probes=true"),
				wrongBeside(Reason.SOURCE_UNREADABLE, "mtls.server.revocation.crls=", "no such file",
						"revocation.crls=absent.crt"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.crls", "not of the form",
						"revocation.crls=http:/crl"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.crls", "not of the form",
						"revocation.crls=http://user:%s@localhost/crl".formatted(SECRET)),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.max-age", "not positive",
						"revocation.use-distribution-points=true", "revocation.max-age=0s"),
				wrongBeside(Reason.CONFIGURATION_CONFLICT, "mtls.server.revocation.ocsp.responder", "not enabled",
						"revocation.ocsp.responder=http://localhost/"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.ocsp.responder", "not of the form",
						"revocation.ocsp.enabled=true", "revocation.ocsp.responder=ldap://localhost/"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.revocation.ocsp.timeout", "not positive",
						"revocation.ocsp.enabled=true", "revocation.ocsp.timeout=0s"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.limits.connections", "nobody",
						"limits.connections=0"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.limits.connections-per-address", "nobody",
						"limits.connections-per-address=-1"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.limits.handshakes-per-second", "65535",
						"limits.handshakes-per-second=65536"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.rate-limit.permits", "not set",
						"rate-limit.burst=2"),
				wrongBeside(Reason.CONFIGURATION_INVALID, "mtls.server.rate-limit: permits=0", "no request",
						"rate-limit.permits=0"));
	}

	@Test
	void rateLimitOfAManagementPortFails() {
		MockEnvironment environment = new MockEnvironment().withProperty("mtls.management.rate-limit.permits", "1");
		MtlsServerProperties properties = Binder.get(environment)
			.bindOrCreate("mtls.management", MtlsServerProperties.class);
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> properties.gateSettings("mtls.management", SslOptions.NONE, true))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.management.rate-limit"));
	}

	@Test
	void ocspStaplingOfAForeignServerFails() {
		MockEnvironment environment = new MockEnvironment().withProperty("mtls.server.ocsp-stapling", "true");
		MtlsServerProperties properties = Binder.get(environment)
			.bindOrCreate("mtls.server", MtlsServerProperties.class);
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> properties.gateSettings("mtls.server", SslOptions.NONE, false))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
				assertThat(ex.place()).isEqualTo("mtls.server.ocsp-stapling=true");
			});
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void wrongValueFailsWithPlaceProblemAndFix(Reason reason, String place, String problem, String[] properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.reason()).isEqualTo(reason);
			assertThat(failure.place()).contains(place).startsWith("mtls.server");
			assertThat(failure.getMessage()).containsIgnoringCase(problem);
			assertThat(failure.fix()).isNotBlank();
			assertThat(Failures.stackTrace(context.getStartupFailure())).doesNotContain(SECRET);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "client-auth=maybe", "client-auth=none", "mode=lenient", "strict-permissions=perhaps" })
	void valueThatIsNoChoiceFailsTheBinding(String property) {
		this.runner.withPropertyValues(and(property))
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(BindException.class.getName()));
	}

	@Test
	void toStringMasksSecrets() {
		String inlineStore = "base64:" + SECRET;
		KeyStoreProperties keyStore = new KeyStoreProperties(inlineStore, "JKS", SECRET, SECRET, "server");
		TrustStoreProperties trustStore = new TrustStoreProperties(inlineStore, "JKS", SECRET);
		assertThat(keyStore).asString().doesNotContain(SECRET).contains("JKS", "server");
		assertThat(trustStore).asString().doesNotContain(SECRET).contains("JKS");
		this.runner
			.withPropertyValues(with("certificate=other.crt", "private-key=encrypted.key",
					"private-key-password=" + SECRET, "trust-certificates=ca.crt"))
			.run((context) -> assertThat(context.getBean(MtlsServerProperties.class)).asString()
				.doesNotContain(SECRET));
	}

	private void run(Consumer<Gate> gate, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			gate.accept(context.getBean(Gate.class));
		});
	}

	private static X509Certificate leaf(Gate gate) {
		return Objects.requireNonNull(gate.snapshot().key()).leaf();
	}

	private static Arguments wrong(Reason reason, String place, String problem, String... properties) {
		return Arguments.arguments(reason, place, problem, with(properties));
	}

	private static Arguments wrongBeside(Reason reason, String place, String problem, String... properties) {
		return Arguments.arguments(reason, place, problem, and(properties));
	}

	/**
	 * Properties beside those that make a server.
	 */
	private static String[] and(String... properties) {
		return Stream
			.concat(Stream.of("certificate=server.crt", "private-key=server.key", "trust-certificates=ca.crt"),
					Arrays.stream(properties))
			.map(MtlsServerPropertiesTests::property)
			.toArray(String[]::new);
	}

	private static String[] with(String... properties) {
		return Arrays.stream(properties).map(MtlsServerPropertiesTests::property).toArray(String[]::new);
	}

	/**
	 * The property with its prefix, and with the directory before the name of a file.
	 */
	private static String property(String property) {
		String[] parts = property.split("=", 2);
		boolean file = parts[1].matches("[a-z]+\\.(crt|key|jks|JKS|PKCS12)");
		return "mtls.server.%s=%s".formatted(parts[0], file ? directory.resolve(parts[1]) : parts[1]);
	}

}
