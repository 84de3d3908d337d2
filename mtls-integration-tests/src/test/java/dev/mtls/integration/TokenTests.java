package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.client.RestClient;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for keys on PKCS#11 tokens, which are those of SoftHSM.
 */
@Tag("servers")
@RequiresProgram(value = "softhsm2-util", ofPackage = "softhsm2")
class TokenTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate ec = server(KeyType.EC_P256);

	private static final TestCertificate rsa = server(KeyType.RSA_2048);

	@TempDir
	static Path directory;

	private static @Nullable SoftHsm softHsm;

	/**
	 * Not before all: what is skipped there is not told.
	 */
	@BeforeEach
	void makeTokens() throws Exception {
		if (softHsm != null) {
			return;
		}
		authority.writeTo(directory, "ca");
		softHsm = SoftHsm.create(directory, "two", "one", "changing", "gone", "locked", "empty", "bare", "mixed");
		softHsm().importKey("bare", ec);
		softHsm().write("two", "ec", ec);
		softHsm().write("two", "rsa", rsa);
		softHsm().write("two", "out", authority.client("outbound.example.com"));
		softHsm().write("one", "only", ec);
		softHsm().write("changing", "server", ec);
		softHsm().write("gone", "server", ec);
		softHsm().write("mixed", "server", ec.withChain(server(KeyType.EC_P256).certificate()));
	}

	@ParameterizedTest
	@CsvSource({ "ec, TLSv1.3", "ec, TLSv1.2", "rsa, TLSv1.3", "rsa, TLSv1.2" })
	void serverWithKeyOnATokenIsTalkedTo(String alias, String protocol) throws Exception {
		try (TestServer server = start("two", "mtls.server.key-store.alias=" + alias)) {
			TlsClient.Response response = get(server, protocol);
			assertThat(response.body()).isEqualTo(CLIENT);
			assertThat(response.server()).isEqualTo((alias.equals("ec") ? ec : rsa).certificate());
			if (TestServer.expected().equals("netty")) {
				// BoringSSL would have to be given the bytes of the key
				assertThat(server.bean(NettyEngine.class).names()).singleElement()
					.asString()
					.startsWith("io.netty.handler.ssl.Jdk");
			}
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.server", matches = "tomcat")
	void clientWithKeyOnATokenShowsItsCertificate() throws Exception {
		try (TestServer server = start("two", "mtls.server.key-store.alias=ec", "mtls.client.key-store.type=PKCS11",
				"mtls.client.key-store.location=" + softHsm().configurationFile("two"),
				"mtls.client.key-store.password=" + SoftHsm.PIN, "mtls.client.key-store.alias=out",
				"mtls.client.trust-certificates=" + directory.resolve("ca.crt"))) {
			assertThat(server.bean(RestClient.Builder.class)
				.build()
				.get()
				.uri("https://localhost:{port}/peer", server.port())
				.retrieve()
				.requiredBody(String.class)).isEqualTo("outbound.example.com");
		}
	}

	@Test
	void tokenOfJavaSecurityIsUsedWithoutALocation() throws Exception {
		List<Provider> others = tokenProviders();
		others.forEach((other) -> Security.removeProvider(other.getName()));
		Provider provider = Security.getProvider("SunPKCS11").configure("--" + softHsm().configuration("two"));
		Security.addProvider(provider);
		try (TestServer server = TestServer.start(properties(null, "mtls.server.key-store.alias=ec"))) {
			assertThat(get(server)).isEqualTo(ec.certificate());
		}
		finally {
			Security.removeProvider(provider.getName());
			others.forEach(Security::addProvider);
		}
	}

	@Test
	void tokenIsRegisteredOnceBehindAllOthers() throws Exception {
		start("one").close();
		List<Provider> first = tokenProviders();
		start("one").close();
		assertThat(tokenProviders()).isEqualTo(first);
		assertThat(Security.getProviders()).endsWith(first.toArray(Provider[]::new));
	}

	@Test
	void tokenThatIsGoneChangesNothing() throws Exception {
		try (TestServer server = start("gone", "mtls.reload.interval=50ms")) {
			softHsm().remove("gone");
			MtlsEvent.ReloadKept kept = server.events().await(MtlsEvent.ReloadKept.class);
			assertThat(kept.message()).contains("mtls.server.key-store.location=file:", "gone.cfg")
				.doesNotContain(SoftHsm.PIN);
			assertThat(keyOf(server)).isEqualTo(ec.certificate());
		}
	}

	@Test
	void keyThatIsDeadSinceALogoutIsToldAndReadAnew() throws Exception {
		try (TestServer server = start("one", "mtls.reload.interval=1h")) {
			assertThat(get(server)).isEqualTo(ec.certificate());
			((AuthProvider) Security.getProvider("SunPKCS11-one")).logout();
			assertThatIOException().isThrownBy(() -> get(server));
			assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
			assertThat(server.bean(Gate.class).reload()).isTrue();
			assertThat(get(server)).isEqualTo(ec.certificate());
		}
	}

	@Test
	void renewedCertificateAndAnotherKeyAreTakenAndNoKeyChangesNothing() throws Exception {
		try (TestServer server = start("changing", "mtls.reload.interval=50ms")) {
			assertThat(get(server)).isEqualTo(ec.certificate());
			List<X509Certificate> renewed = renewed();
			softHsm().renew("changing", "server", renewed);
			server.events().await(MtlsEvent.Reloaded.class);
			assertThat(get(server)).isEqualTo(renewed.get(0)).isNotEqualTo(ec.certificate());
			softHsm().open("changing").deleteEntry("server");
			MtlsEvent.ReloadKept kept = server.events().await(MtlsEvent.ReloadKept.class);
			assertThat(kept.message())
				.contains("mtls.server.key-store.location=file:", "changing.cfg", "no private key")
				.doesNotContain(SoftHsm.PIN);
			assertThat(keyOf(server)).isEqualTo(renewed.get(0));
			TestCertificate next = server(KeyType.RSA_2048);
			softHsm().write("changing", "server", next);
			server.events().await(MtlsEvent.Reloaded.class);
			assertThat(get(server)).isEqualTo(next.certificate());
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					locked  | wrong       |       | PASSWORD_WRONG   | token refuses the PIN                   | which is the PIN of the token
					locked  |             |       | PASSWORD_WRONG   | asks for a PIN and none is given        | to the PIN of the token
					empty   | 4711-geheim |       | MATERIAL_INVALID | no private key that has a certificate   | CKA_ID
					bare    | 4711-geheim |       | MATERIAL_INVALID | no private key that has a certificate   | CKA_ID
					two     | 4711-geheim |       | MATERIAL_INVALID | several private keys: ec, out, rsa      | Set the alias
					two     | 4711-geheim | other | MATERIAL_INVALID | no private key named 'other', but ec    | Correct the alias
					mixed   | 4711-geheim |       | KEY_MISMATCH     | No certificate here belongs             | made together
					""")
	void startWhenTokenIsWrongFails(String token, @Nullable String pin, @Nullable String alias, Reason reason,
			String problem, String fix) throws Exception {
		List<String> properties = new ArrayList<>(List.of("mtls.server.key-store.type=pkcs11",
				"mtls.server.key-store.location=" + softHsm().configurationFile(token),
				"mtls.server.trust-certificates=" + directory.resolve("ca.crt")));
		if (pin != null) {
			properties.add("mtls.server.key-store.password=" + pin);
		}
		if (alias != null) {
			properties.add("mtls.server.key-store.alias=" + alias);
		}
		assertFails(reason, problem, fix, properties.toArray(String[]::new));
	}

	@Test
	void startWhenThereIsNoSuchSlotFails() throws Exception {
		Path file = Files.writeString(directory.resolve("slot.cfg"), softHsm().configuration("slot", "42"));
		assertFails(Reason.CONFIGURATION_INVALID, "There is no such slot", "Correct slot or slotListIndex",
				properties("file:" + file));
	}

	@Test
	void startWhenNameIsTakenFails() throws Exception {
		start("one").close();
		Path file = Files.writeString(directory.resolve("taken.cfg"), softHsm().configuration("one") + "# other\n");
		assertFails(Reason.CONFIGURATION_CONFLICT, "SunPKCS11-one is registered", "another name",
				properties("file:" + file));
	}

	private static void assertFails(Reason reason, String problem, String fix, String... properties) {
		Throwable failure = catchThrowable(() -> TestServer.start(properties).close());
		MtlsException cause = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
			.filter(MtlsException.class::isInstance)
			.map(MtlsException.class::cast)
			.findFirst()
			.orElseThrow(() -> new AssertionError("No MtlsException", failure));
		assertThat(cause.reason()).isEqualTo(reason);
		assertThat(cause.place()).startsWith("mtls.server.key-store.location=file:");
		assertThat(cause.problem()).contains(problem);
		assertThat(cause.fix()).contains(fix);
		for (Throwable each = failure; each != null; each = each.getCause()) {
			assertThat(each.toString()).doesNotContain(SoftHsm.PIN);
		}
	}

	private static TestServer start(String token, String... others) throws IOException {
		return TestServer.start(properties(softHsm().configurationFile(token), others));
	}

	private static String[] properties(@Nullable String location, String... others) {
		return Stream
			.of(Stream.of("mtls.server.key-store.type=PKCS11", "mtls.server.key-store.password=" + SoftHsm.PIN,
					"mtls.server.trust-certificates=" + directory.resolve("ca.crt")),
					Stream.ofNullable(location).map((file) -> "mtls.server.key-store.location=" + file),
					Stream.of(others))
			.flatMap((each) -> each)
			.toArray(String[]::new);
	}

	private static List<X509Certificate> renewed() {
		return authority.authority().issue(request(KeyType.EC_P256), ec.certificate().getPublicKey());
	}

	private static X509Certificate get(TestServer server) throws IOException {
		return get(server, "TLSv1.3").server();
	}

	// A context of its own, because the server does not sign when a session is resumed
	private static TlsClient.Response get(TestServer server, String protocol) throws IOException {
		return new TlsClient(authority.client(CLIENT).sslContext(authority), protocol).get(server.port(), "/peer");
	}

	private static X509Certificate keyOf(TestServer server) {
		return Objects.requireNonNull(server.bean(Gate.class).snapshot().key()).leaf();
	}

	private static List<Provider> tokenProviders() {
		Provider[] providers = Security.getProviders("KeyStore.PKCS11");
		return (providers != null) ? List.of(providers) : List.of();
	}

	private static SoftHsm softHsm() {
		return Objects.requireNonNull(softHsm);
	}

	private static TestCertificate server(KeyType keyType) {
		return authority.issue(request(keyType));
	}

	private static CertificateRequest request(KeyType keyType) {
		return CertificateRequest.server("localhost").ip("127.0.0.1").keyType(keyType).build();
	}

}
