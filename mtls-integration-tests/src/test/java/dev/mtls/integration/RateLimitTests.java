package dev.mtls.integration;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a limit on the requests that are made with one certificate.
 */
@Tag("servers")
class RateLimitTests {

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext alice = authority.client("alice.example.com").sslContext(authority);

	private static final SSLContext bob = authority.client("bob.example.com").sslContext(authority);

	@TempDir
	private Path directory;

	@Test
	void requestWhenCertificateWasUsedTooOftenIsAnsweredTooManyRequests() throws Exception {
		try (TestServer server = start("enforce")) {
			assertThat(get(alice, server).statusCode()).isEqualTo(200);
			assertThat(get(alice, server).statusCode()).isEqualTo(200);
			server.events().drain();
			HttpResponse<String> refused = get(alice, server);
			assertThat(refused.statusCode()).isEqualTo(429);
			assertThat(refused.headers().firstValueAsLong("Retry-After").getAsLong()).isBetween(3000L, 3600L);
			assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
			assertThat(refused.body()).contains("\"reason\":\"request-rate\"");
			MtlsEvent.PeerRefused event = server.events().await(MtlsEvent.PeerRefused.class);
			assertThat(event.reason()).isEqualTo(Reason.REQUEST_RATE);
			assertThat(event.identity()).isNotNull()
				.satisfies((identity) -> assertThat(identity.displayName()).isEqualTo("alice.example.com"));
			assertThat(get(bob, server).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void requestWhenReportOnlyIsServedAndTold() throws Exception {
		try (TestServer server = start("report-only")) {
			for (int i = 0; i < 3; i++) {
				assertThat(get(alice, server).statusCode()).isEqualTo(200);
			}
			assertThat(server.events().await(MtlsEvent.RefusalReported.class).reason()).isEqualTo(Reason.REQUEST_RATE);
		}
	}

	private TestServer start(String mode) {
		return TestServer.start(ServerFiles.write(authority, this.directory)
			.properties("mtls.server.mode=" + mode, "mtls.server.rate-limit.permits=1",
					"mtls.server.rate-limit.period=1h", "mtls.server.rate-limit.burst=2"));
	}

	// A client of its own each time, because the limit is on the certificate and not on a
	// connection
	private static HttpResponse<String> get(SSLContext context, TestServer server) throws Exception {
		return HttpClient.newBuilder()
			.sslContext(context)
			.build()
			.send(HttpRequest.newBuilder(server.uri("/peer")).build(), HttpResponse.BodyHandlers.ofString());
	}

}
