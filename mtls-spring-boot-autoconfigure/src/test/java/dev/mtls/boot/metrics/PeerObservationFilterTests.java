package dev.mtls.boot.metrics;

import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerObservationFilter}s.
 */
class PeerObservationFilterTests {

	private final TestAuthority authority = TestAuthority.create();

	private final ObservationFilter servlet = new ServletPeerObservationFilter();

	private final ObservationFilter reactive = new ReactivePeerObservationFilter();

	@Test
	void servletRequestWithCertificateTellsDisplayName() {
		assertTells(this.servlet.map(servletRequest(this.authority.client("api.example.com"))), "api.example.com");
	}

	@Test
	void servletRequestWithoutCertificateTellsNothing() {
		assertTellsNothing(this.servlet.map(servletRequest(null)));
	}

	@Test
	void reactiveRequestWithCertificateTellsDisplayName() {
		assertTells(this.reactive.map(reactiveRequest(this.authority.client("api.example.com"), Map.of())),
				"api.example.com");
	}

	@Test
	void reactiveRequestWithoutCertificateTellsNothing() {
		assertTellsNothing(this.reactive.map(reactiveRequest(null, Map.of())));
	}

	@Test
	void reactiveRequestThatIsForwardedDoesNotTellOfTheProxy() {
		assertTellsNothing(this.reactive.map(reactiveRequest(this.authority.client("proxy.example.com"),
				Map.of(RequestPeer.FORWARDED_ADDRESS, Optional.empty()))));
	}

	@Test
	void malformedNameTellsNothingAndFailsNothing() {
		TestCertificate malformed = this.authority.client((request) -> request.commonName("evil\r\nname"));
		assertTellsNothing(this.servlet.map(servletRequest(malformed)));
		assertTellsNothing(this.reactive.map(reactiveRequest(malformed, Map.of())));
	}

	@Test
	void observationOfAnythingElseIsLeftAlone() {
		for (ObservationFilter filter : List.of(this.servlet, this.reactive)) {
			Observation.Context context = new Observation.Context();
			assertThat(filter.map(context)).isSameAs(context);
			assertTellsNothing(context);
		}
		assertTellsNothing(this.reactive.map(servletRequest(this.authority.client("api.example.com"))));
		assertTellsNothing(this.servlet.map(reactiveRequest(this.authority.client("api.example.com"), Map.of())));
	}

	private static void assertTells(Observation.Context context, String name) {
		assertThat(context.getHighCardinalityKeyValues()).containsExactly(KeyValue.of("mtls.peer", name));
		assertThat(context.getLowCardinalityKeyValues()).isEmpty();
	}

	private static void assertTellsNothing(Observation.Context context) {
		assertThat(context.getAllKeyValues()).isEmpty();
	}

	private static Observation.Context servletRequest(@Nullable TestCertificate certificate) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		if (certificate != null) {
			request.setAttribute("jakarta.servlet.request.X509Certificate",
					certificate.chain().toArray(X509Certificate[]::new));
		}
		return new ServerRequestObservationContext(request, new MockHttpServletResponse());
	}

	private static Observation.Context reactiveRequest(@Nullable TestCertificate certificate,
			Map<String, Object> attributes) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
		if (certificate != null) {
			request.sslInfo(SslInfo.from("1", certificate.chain().toArray(X509Certificate[]::new)));
		}
		return new org.springframework.http.server.reactive.observation.ServerRequestObservationContext(request.build(),
				new MockServerHttpResponse(), new HashMap<>(attributes));
	}

}
