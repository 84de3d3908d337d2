package dev.mtls.boot.web.reactive;

import java.security.cert.X509Certificate;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * Tests for {@link ClientCertMethodArgumentResolver}.
 */
class ClientCertMethodArgumentResolverTests {

	private final TestAuthority authority = TestAuthority.create().intermediate();

	private final TestCertificate workload = this.authority.client("spiffe://example.org/a");

	private final TestCertificate host = this.authority.client("host.example.org");

	@ParameterizedTest
	@CsvSource({ "/identity, spiffe://example.org/a", "/spiffe, spiffe://example.org/a",
			"/name, spiffe://example.org/a", "/certificate, CN=client", "/chain, 2", "/optional, true",
			"/nullable, spiffe://example.org/a" })
	void parameterWhenCertificateIsThereIsBound(String path, String expected) {
		client(this.workload).get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/identity", "/spiffe", "/name", "/certificate", "/chain" })
	void parameterWhenCertificateIsMissingIsAnsweredWithProblemDocument(String path) {
		client(null).get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isUnauthorized()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(HttpStatus.UNAUTHORIZED.value())
			.jsonPath("$.reason")
			.isEqualTo("certificate-missing")
			.jsonPath("$.help")
			.isEqualTo("docs/troubleshooting.md#certificate-missing");
	}

	@Test
	void parameterWhenCertificateHoldsNoSpiffeIdIsForbidden() {
		client(this.host).get()
			.uri("/spiffe")
			.exchange()
			.expectStatus()
			.isForbidden()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.reason")
			.isEqualTo("identity-not-allowed");
	}

	@ParameterizedTest
	@CsvSource({ "/optional, false", "/nullable, nobody" })
	void parameterWhenCertificateIsMissingAndNotRequiredIsEmpty(String path, String expected) {
		client(null).get().uri(path).exchange().expectStatus().isOk().expectBody(String.class).isEqualTo(expected);
	}

	private static WebTestClient client(@Nullable TestCertificate certificate) {
		WebTestClient.ControllerSpec spec = WebTestClient
			.bindToController(new PeerController(), new ClientCertExceptionHandler())
			.argumentResolvers((resolvers) -> resolvers.addCustomResolver(new ClientCertMethodArgumentResolver()));
		if (certificate != null) {
			SslInfo ssl = SslInfo.from("session", certificate.chain().toArray(X509Certificate[]::new));
			spec.webFilter((exchange, chain) -> chain
				.filter(exchange.mutate().request((request) -> request.sslInfo(ssl)).build()));
		}
		return spec.build();
	}

	/**
	 * Says who the peer is.
	 */
	@RestController
	static final class PeerController {

		@GetMapping("/identity")
		String identity(@ClientCert PeerIdentity identity) {
			return identity.displayName();
		}

		@GetMapping("/spiffe")
		String spiffe(@ClientCert SpiffeId id) {
			return id.toString();
		}

		@GetMapping("/name")
		String name(@ClientCert String name) {
			return name;
		}

		@GetMapping("/certificate")
		String certificate(@ClientCert X509Certificate certificate) {
			return certificate.getSubjectX500Principal().getName();
		}

		@GetMapping("/chain")
		String chain(@ClientCert X509Certificate[] chain) {
			return String.valueOf(chain.length);
		}

		@GetMapping("/optional")
		String optional(@ClientCert Optional<PeerIdentity> identity) {
			return String.valueOf(identity.isPresent());
		}

		@GetMapping("/nullable")
		String nullable(@ClientCert(required = false) @Nullable String name) {
			return (name != null) ? name : "nobody";
		}

	}

}
