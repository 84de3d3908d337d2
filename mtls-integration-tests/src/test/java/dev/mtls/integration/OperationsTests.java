package dev.mtls.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.KillSwitch;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what operators see, from the socket to the last place where it shows.
 */
@Tag("servers")
@ExtendWith(OutputCaptureExtension.class)
class OperationsTests {

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	Path directory;

	@Test
	void refusedConnectionShowsInEventMetricAuditLineEndpointAndHealth(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.start(properties("mtls.server.allowed-clients=dns:listed",
				"logging.level.mtls.audit=info", "logging.level.dev.mtls=debug"))) {
			refused(server, this.authority.client("unlisted"));
			MtlsEvent.PeerRefused event = server.events().await(MtlsEvent.PeerRefused.class);
			assertThat(event.reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
			TlsSession tls = Objects.requireNonNull(event.tls());
			assertThat(tls.protocol()).isEqualTo("TLSv1.3");
			assertThat(tls.cipherSuite()).startsWith("TLS_");
			assertThat(tls.resumed()).isFalse();
			assertThat(tls.handshakeTime()).isPositive();
			MeterRegistry meters = server.bean(MeterRegistry.class);
			assertThat(meters.get("mtls.connections.refused")
				.tags("gate", "server", "reason", "identity-not-allowed")
				.counter()
				.count()).isEqualTo(1);
			Awaitility.await()
				.untilAsserted(() -> assertThat(lines(output, "event=peer-refused")).singleElement()
					.asString()
					.contains("gate=server", "address=127.0.0.1", "identity=unlisted", "reason=identity-not-allowed",
							"number=502", "protocol=TLSv1.3", "cipher=TLS_", "resumed=false"));
			assertThat(lines(output, "[server] #")).hasSizeBetween(8, 12)
				.anyMatch((line) -> line.contains("path: 'CN=unlisted' issued by "))
				.anyMatch((line) -> line.contains("FAILED allowed peers: identity-not-allowed"));
			DocumentContext endpoint = JsonPath.parse(get(server, "/actuator/mtls").body());
			assertThat(endpoint.<String>read("$.refusals[0].reason")).isEqualTo("identity-not-allowed");
			assertThat(endpoint.<String>read("$.refusals[0].identity")).isEqualTo("unlisted");
			assertThat(endpoint.<String>read("$.refusals[0].fix")).isNotBlank();
			assertThat(endpoint.<String>read("$.refusals[0].help"))
				.isEqualTo("docs/troubleshooting.md#identity-not-allowed");
			assertThat(endpoint.<Integer>read("$.gates.server.counts['refused.identity-not-allowed']")).isEqualTo(1);
			assertThat(endpoint.<String>read("$.gates.server.rules.allowedPeers[0]")).isEqualTo("dns:listed");
			assertThat(endpoint.jsonString()).doesNotContain("PRIVATE", "BEGIN");
			DocumentContext health = JsonPath.parse(get(server, "/actuator/health").body());
			assertThat(health.<String>read("$.components.mtls.components.server.components.identity.status"))
				.isEqualTo("UP");
			assertThat(health.<Integer>read("$.components.mtls.components.server.components.trust.details.daysLeft"))
				.isPositive();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil\r\n[server] Admitted evil", "\u001b[2Jevil", "evil\",\"x\":\"" })
	void hostileNameShowsInOneLineAndInValidJson(String name, CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.start(properties("mtls.server.allowed-clients=dns:listed",
				"logging.level.mtls.audit=info", "logging.level.dev.mtls=info"))) {
			refused(server, this.authority.client((request) -> request.commonName(name)));
			server.events().await(MtlsEvent.PeerRefused.class);
			Awaitility.await().untilAsserted(() -> assertThat(lines(output, "event=peer-refused")).hasSize(1));
			assertThat(lines(output, "evil")).as("of the log and of the audit log").hasSize(2);
			assertThat(output.getAll()).doesNotContain("\u001b[2J");
			DocumentContext endpoint = JsonPath.parse(get(server, "/actuator/mtls").body());
			assertThat(endpoint.<String>read("$.refusals[0].detail")).contains("evil");
		}
	}

	@Test
	void resumedSessionIsToldAsSuch() throws Exception {
		try (TestServer server = TestServer.start(properties())) {
			TlsClient client = new TlsClient(this.authority.client("listed").sslContext(this.authority), "TLSv1.3");
			client.get(server.port(), "/peer");
			assertThat(session(server).resumed()).isFalse();
			client.get(server.port(), "/peer");
			assertThat(session(server).resumed()).isTrue();
		}
	}

	@Test
	void healthWhenFilesAreBrokenTellsWhyUntilTheyAreMended() throws Exception {
		ServerFiles files = ServerFiles.write(this.authority, this.directory);
		try (TestServer server = TestServer.start(files.properties(management("mtls.reload.interval=100ms")))) {
			String trust = Files.readString(files.trust());
			Files.writeString(files.trust(), "broken");
			server.events().await(MtlsEvent.ReloadKept.class);
			DocumentContext reload = JsonPath.parse(get(server, "/actuator/health/mtls/server/reload").body());
			assertThat(reload.<String>read("$.status")).isEqualTo("WARNING");
			assertThat(reload.<String>read("$.details.error")).contains("ca.crt");
			assertThat(get(server, "/actuator/health").statusCode()).isEqualTo(200);
			Files.writeString(files.trust(), trust);
			Awaitility.await()
				.untilAsserted(() -> assertThat(get(server, "/actuator/health/mtls/server/reload").body())
					.contains("\"status\":\"UP\""));
		}
	}

	@Test
	void sslHealthLeavesOutWhatMtlsHealthShows() throws Exception {
		try (TestServer server = TestServer.start(properties())) {
			DocumentContext health = JsonPath.parse(get(server, "/actuator/health").body());
			assertThat(health.<List<Object>>read("$.components.ssl.details.validChains")).isEmpty();
			assertThat(health.<Map<String, Object>>read("$.components.mtls.components")).containsKeys("server",
					"killSwitch");
		}
	}

	@Test
	void operationsWhenAccessIsReadOnlyAreNotThere() throws Exception {
		try (TestServer server = TestServer.start(properties())) {
			assertThat(post(server, "kill-switch", "{\"engaged\": true}").statusCode()).isEqualTo(404);
			assertThat(server.bean(KillSwitch.class).isEngaged()).isFalse();
		}
	}

	@Test
	void killSwitchOperationRefusesEverybodyUntilItIsReleased() throws Exception {
		try (TestServer server = TestServer.start(unrestricted())) {
			assertThat(post(server, "kill-switch", "{\"engaged\": true}").body()).isEqualTo("{\"engaged\":true}");
			refused(server, this.authority.client("any"));
			assertThat(get(server, "/actuator/health/mtls/killSwitch").body()).contains("CRITICAL");
			assertThat(post(server, "kill-switch", "{\"engaged\": false}").body()).isEqualTo("{\"engaged\":false}");
			assertThat(peer(server, this.authority.client("any")).status()).isEqualTo(200);
			assertThat(post(server, "kill-switch", "{}").statusCode()).isEqualTo(400);
			assertThat(post(server, "unknown", "{}").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void killSwitchOperationOnSharedPortIsRefused() throws Exception {
		ServerFiles files = ServerFiles.write(this.authority, this.directory);
		try (TestServer server = TestServer.start(files.properties("management.endpoints.web.exposure.include=mtls",
				"management.endpoint.mtls.access=unrestricted"))) {
			HttpClient client = client(this.authority.client("any"));
			HttpResponse<String> response = client.send(HttpRequest.newBuilder(server.uri("/actuator/mtls/kill-switch"))
				.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString("{\"engaged\": true}"))
				.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(409);
			assertThat(response.body()).contains("management.server.port");
			assertThat(server.bean(KillSwitch.class).isEngaged()).isFalse();
		}
	}

	@Test
	void reloadOperationTakesWhatIsThere() throws Exception {
		ServerFiles files = ServerFiles.write(this.authority, this.directory);
		try (TestServer server = TestServer.start(files
			.properties(management("mtls.reload.interval=1h", "management.endpoint.mtls.access=unrestricted")))) {
			assertThat(post(server, "reload", "{}").body()).contains("\"changed\":false");
			Files.writeString(files.trust(), "broken");
			assertThat(post(server, "reload", "{}").body()).contains("\"changed\":false", "ca.crt");
			ServerFiles.write(this.authority, this.directory);
			assertThat(post(server, "reload", "{}").body()).contains("\"changed\":true", "\"generation\":2");
		}
	}

	@Test
	void explainOperationTellsWhatTheGateWouldSay() throws Exception {
		try (TestServer server = TestServer
			.start(unrestricted("mtls.server.allowed-clients=dns:listed", "mtls.server.allowed-networks=10.0.0.0/8"))) {
			DocumentContext allowed = explain(server, this.authority.client("listed"), "10.1.2.3");
			assertThat(allowed.<Boolean>read("$.allowed")).isTrue();
			assertThat(allowed.<String>read("$.rule")).isEqualTo("dns:listed");
			DocumentContext other = explain(server, this.authority.client("other"), "10.1.2.3");
			assertThat(other.<String>read("$.reason")).isEqualTo("identity-not-allowed");
			assertThat(other.<String>read("$.help")).endsWith("#identity-not-allowed");
			assertThat(explain(server, this.authority.client("listed"), "192.0.2.1").<String>read("$.reason"))
				.isEqualTo("address-not-allowed");
			assertThat(explain(server, TestAuthority.create().client("listed"), "10.1.2.3").<String>read("$.reason"))
				.isEqualTo("issuer-unknown");
			assertThat(post(server, "explain", "{\"certificate\": \"nonsense\"}").statusCode()).isEqualTo(400);
			assertThat(post(server, "explain", "{\"address\": \"localhost\"}").statusCode()).isEqualTo(400);
			assertThat(post(server, "explain", "{\"gate\": \"unknown\"}").statusCode()).isEqualTo(404);
			assertThat(server.events().drain()).as("nobody was refused").isEmpty();
		}
	}

	@Test
	void healthOfRevocationIsWhatThePageShows() throws Exception {
		Path crl = Files.write(this.directory.resolve("ca.crl"),
				this.authority.crl(this.authority.client("revoked").certificate()));
		try (TestServer server = TestServer.start(properties("mtls.server.revocation.crls=file:" + crl))) {
			String health = get(server, "/actuator/health/mtls/server/revocation").body();
			assertThat(Files.readAllLines(Path.of("..", "docs", "revocation.md"))).map(OperationsTests::withoutTimes)
				.contains(withoutTimes(health.replace("CN=Test CA", "CN=Example CA")));
		}
	}

	private static String withoutTimes(String health) {
		return health.replaceAll("\\d{4}-[^\"]+Z|(?<=\"ageSeconds\":)\\d+", "");
	}

	private static TlsSession session(TestServer server) {
		return Objects.requireNonNull(server.events().await(MtlsEvent.PeerAdmitted.class).tls());
	}

	private void refused(TestServer server, TestCertificate client) {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> peer(server, client));
	}

	private TlsClient.Response peer(TestServer server, TestCertificate client) throws IOException {
		return new TlsClient(client.sslContext(this.authority), "TLSv1.3").get(server.port(), "/peer");
	}

	private HttpClient client(TestCertificate certificate) {
		return HttpClient.newBuilder().sslContext(certificate.sslContext(this.authority)).build();
	}

	private DocumentContext explain(TestServer server, TestCertificate certificate, String address) throws Exception {
		String pem = "-----BEGIN CERTIFICATE-----\\n%s\\n-----END CERTIFICATE-----\\n"
			.formatted(Base64.getEncoder().encodeToString(certificate.chain().get(0).getEncoded()));
		return JsonPath
			.parse(post(server, "explain", "{\"certificate\": \"%s\", \"address\": \"%s\"}".formatted(pem, address))
				.body());
	}

	private String[] properties(String... others) {
		return ServerFiles.write(this.authority, this.directory).properties(management(others));
	}

	private String[] unrestricted(String... others) {
		return properties(Stream.concat(Stream.of("management.endpoint.mtls.access=unrestricted"), Stream.of(others))
			.toArray(String[]::new));
	}

	private static String[] management(String... others) {
		return Stream
			.concat(Stream.of("management.server.port=0", "management.endpoints.web.exposure.include=health,mtls",
					"management.endpoint.health.show-details=always"), Stream.of(others))
			.toArray(String[]::new);
	}

	private static HttpResponse<String> get(TestServer server, String path) throws Exception {
		return send(HttpRequest.newBuilder(management(server, path)).build());
	}

	private static HttpResponse<String> post(TestServer server, String operation, String body) throws Exception {
		return send(HttpRequest.newBuilder(management(server, "/actuator/mtls/" + operation))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build());
	}

	private static HttpResponse<String> send(HttpRequest request) throws Exception {
		// Not what asks for HTTP/2 in plain text, which not every server answers to a
		// POST
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		return client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private static URI management(TestServer server, String path) {
		int port = server.bean(Environment.class).getRequiredProperty("local.management.port", Integer.class);
		return URI.create("http://localhost:%d%s".formatted(port, path));
	}

	private static List<String> lines(CapturedOutput output, String part) {
		return output.getAll().lines().filter((line) -> line.contains(part)).toList();
	}

}
