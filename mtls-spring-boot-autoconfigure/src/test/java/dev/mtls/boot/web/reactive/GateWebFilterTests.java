package dev.mtls.boot.web.reactive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GateWebFilter}.
 */
class GateWebFilterTests {

	private final TestAuthority authority = TestAuthority.create();

	private final AtomicBoolean served = new AtomicBoolean();

	@Test
	void requestOfListedPeerIsServed() {
		filter(this.authority.client("alice"), address());
		assertThat(this.served).isTrue();
	}

	@Test
	void requestOfAnonymousPeerIsServed() {
		filter(null, address());
		assertThat(this.served).isTrue();
	}

	@Test
	void requestOfPeerThatIsNotListedIsForbidden() {
		MockServerHttpResponse response = filter(this.authority.client("mallory"), address());
		assertThat(this.served).isFalse();
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
		assertThat(response.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
		assertThat(response.getBodyAsString().block()).contains("identity-not-allowed").doesNotContain("alice");
	}

	@Test
	void requestOfUnknownAddressIsForbidden() {
		MockServerHttpResponse response = filter(this.authority.client("alice"),
				InetSocketAddress.createUnresolved("unknown", 1));
		assertThat(this.served).isFalse();
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
	}

	private MockServerHttpResponse filter(@Nullable TestCertificate certificate, InetSocketAddress address) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/").remoteAddress(address);
		if (certificate != null) {
			request.sslInfo(SslInfo.from("session", certificate.chain().toArray(X509Certificate[]::new)));
		}
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		new GateWebFilter(gate(), ExcludedPaths.NONE, false)
			.filter(exchange, (filtered) -> Mono.fromRunnable(() -> this.served.set(true)))
			.block();
		return exchange.getResponse();
	}

	private Gate gate() {
		TestCertificate server = this.authority.server();
		return Gate.builder(GateSettings.server(false, TlsProfile.defaults()),
				SnapshotLocations.builder("mtls.server")
					.pem(server.chainPem(), server.privateKeyPem(), null)
					.trustCertificates(List.of(this.authority.anchorPem()))
					.allowedPeers("allowed-clients", List.of("alice"))
					.build())
			.open();
	}

	private static InetSocketAddress address() {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
	}

}
