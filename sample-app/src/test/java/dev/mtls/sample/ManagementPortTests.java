package dev.mtls.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleApplication} with a management port of its own.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
		"mtls.dev.directory=target/dev-certificates", "management.server.port=0", "spring.test.metrics.export=true" })
class ManagementPortTests {

	@LocalManagementPort
	private int port;

	@ParameterizedTest
	@CsvSource({ "/health, '\"identity\":{'", "/metrics, mtls.connections.active",
			"/prometheus, 'mtls_connections_active_connections{'", "/mtls, '\"killSwitchEngaged\":false'" })
	void endpointIsThere(String path, String part) throws Exception {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains(part);
	}

	@Test
	void endpointThatChangesAnythingIsNotThere() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri("/mtls/kill-switch"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"engaged\": true}"))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
	}

	private HttpResponse<String> get(String path) throws Exception {
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:%d/actuator%s".formatted(this.port, path));
	}

}
