package dev.mtls.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;

import dev.mtls.gate.KillSwitch;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for a management port of its own: plain as Spring Boot has it, or behind a gate
 * of its own, and never under the kill switch.
 */
@Tag("servers")
class ManagementPortTests {

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	Path directory;

	@Test
	void managementPortWhenNothingIsSetIsPlain() throws Exception {
		try (TestServer server = TestServer.start(properties())) {
			assertThat(get(HttpClient.newHttpClient(), "http", server)).isEqualTo(200);
		}
	}

	@Test
	void managementPortWhenConfiguredNeedsItsOwnClients() throws Exception {
		try (TestServer server = TestServer.start(properties(management("operator")))) {
			assertThat(get(client("operator"), "https", server)).isEqualTo(200);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(client("other"), "https", server));
			assertNotAnsweredInPlain(server);
		}
	}

	@Test
	void managementPortWhenKillSwitchIsEngagedGoesOn() throws Exception {
		try (TestServer server = TestServer.start(properties(management("operator")))) {
			server.bean(KillSwitch.class).set(true);
			assertThat(get(client("operator"), "https", server)).isEqualTo(200);
		}
	}

	@Test
	void managementPortWhenCertificateIsWantedForbidsOthers() throws Exception {
		String[] management = management("operator");
		try (TestServer server = TestServer.start(properties(with(management, "mtls.management.client-auth=want")))) {
			assertThat(get(client("operator"), "https", server)).isEqualTo(200);
			assertThat(get(client("other"), "https", server)).isEqualTo(403);
			assertThat(get(anonymous(), "https", server)).isEqualTo(200);
		}
	}

	@Test
	void managementPortWhenServerWantsCertificatesAsksItsOwnGateOnly() throws Exception {
		String[] server = { "mtls.server.client-auth=want", "mtls.server.allowed-clients=dns:nobody",
				"mtls.server.rate-limit.permits=1", "mtls.server.rate-limit.period=1h" };
		try (TestServer plain = TestServer.start(properties(with(server, "mtls.server.allowed-networks=127.0.0.2")))) {
			assertThat(get(HttpClient.newHttpClient(), "http", plain)).isEqualTo(200);
		}
		try (TestServer own = TestServer.start(properties(with(server, management("operator"))))) {
			assertThat(get(client("operator"), "https", own)).isEqualTo(200);
			assertThat(get(client("operator"), "https", own)).isEqualTo(200);
		}
	}

	@Test
	void managementPortSeesNoForgedHeaders() throws Exception {
		String[] proxies = { "mtls.server.forwarded.format=nginx", "mtls.server.forwarded.proxies=dns:operator",
				"mtls.server.forwarded.header=X-Peer" };
		try (TestServer plain = TestServer.start(properties())) {
			assertForgedHeadersAreNotSeen(HttpClient.newHttpClient(), "http", plain);
		}
		try (TestServer own = TestServer.start(properties(management("operator")))) {
			assertForgedHeadersAreNotSeen(client("operator"), "https", own);
		}
		try (TestServer behind = TestServer.start(properties(with(proxies, management("operator"))))) {
			assertForgedHeadersAreNotSeen(client("operator"), "https", behind);
		}
	}

	@Test
	void managementPortWhenProbesAreExcludedNeedsACertificateForTheRest() throws Exception {
		String[] probes = { "mtls.management.exclude-probes=true", "management.endpoint.health.probes.enabled=true" };
		try (TestServer server = TestServer.start(properties(with(management("operator"), probes)))) {
			assertThat(get(anonymous(), "https", server, "/actuator/health/liveness")).isEqualTo(200);
			assertThat(get(anonymous(), "https", server)).isEqualTo(401);
			assertThat(get(client("operator"), "https", server)).isEqualTo(200);
			assertThat(get(client("other"), "https", server, "/actuator/health/liveness")).isEqualTo(403);
		}
	}

	private static void assertForgedHeadersAreNotSeen(HttpClient client, String scheme, TestServer server)
			throws Exception {
		HeaderController headers = server.bean(HeaderController.class);
		headers.drainSeenByFilter();
		assertThat(get(client, scheme, server, "/actuator/health", "X-Client-Cert", "forged", "client_cert", "forged",
				"X-Forwarded-For", "forged", "X-Peer", "forged", "X-Request-Id", "kept"))
			.isEqualTo(200);
		assertThat(headers.drainSeenByFilter())
			.anySatisfy((seen) -> assertThat(seen).isEqualToIgnoringCase("X-Request-Id"))
			.noneMatch((seen) -> seen.toLowerCase(Locale.ROOT).matches(".*(cert|forwarded).*"));
	}

	private static String[] with(String[] properties, String... others) {
		return Stream.of(properties, others).flatMap(Arrays::stream).toArray(String[]::new);
	}

	private static void assertNotAnsweredInPlain(TestServer server) throws Exception {
		try {
			// Tomcat says that the port wants TLS
			assertThat(get(HttpClient.newHttpClient(), "http", server)).isEqualTo(400);
			assertThat(TestServer.expected()).isEqualTo("tomcat");
		}
		catch (IOException ex) {
			assertThat(TestServer.expected()).isNotEqualTo("tomcat");
		}
	}

	private String[] properties(String... others) {
		List<String> properties = new ArrayList<>(List.of("management.server.port=0"));
		properties.addAll(Arrays.asList(others));
		return ServerFiles.write(this.authority, this.directory).properties(properties.toArray(String[]::new));
	}

	private String[] management(String client) {
		ServerFiles files = ServerFiles.write(this.authority, this.directory.resolve("management"));
		return new String[] { "mtls.management.certificate=file:" + files.material().certificate(),
				"mtls.management.private-key=file:" + files.material().privateKey(),
				"mtls.management.trust-certificates=file:" + files.trust(),
				"mtls.management.allowed-clients=dns:" + client };
	}

	private HttpClient client(String name) {
		SSLContext context = this.authority.client(name).sslContext(this.authority);
		return HttpClient.newBuilder().sslContext(context).build();
	}

	private HttpClient anonymous() {
		return HttpClient.newBuilder().sslContext(this.authority.sslContext()).build();
	}

	private static int get(HttpClient client, String scheme, TestServer server) throws Exception {
		return get(client, scheme, server, "/actuator/health", "X-Request-Id", "any");
	}

	private static int get(HttpClient client, String scheme, TestServer server, String path) throws Exception {
		return get(client, scheme, server, path, "X-Request-Id", "any");
	}

	private static int get(HttpClient client, String scheme, TestServer server, String path, String... headers)
			throws Exception {
		int port = server.bean(Environment.class).getRequiredProperty("local.management.port", Integer.class);
		URI uri = URI.create("%s://localhost:%d%s".formatted(scheme, port, path));
		return client.send(HttpRequest.newBuilder(uri).headers(headers).build(), HttpResponse.BodyHandlers.discarding())
			.statusCode();
	}

}
