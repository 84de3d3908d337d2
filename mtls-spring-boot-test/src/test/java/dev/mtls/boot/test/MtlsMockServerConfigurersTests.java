package dev.mtls.boot.test;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static dev.mtls.boot.test.MtlsMockServerConfigurers.clientCertificate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link MtlsMockServerConfigurers}.
 */
class MtlsMockServerConfigurersTests {

	@Test
	void configurerWhenThereIsNoApplicationFails() {
		assertThatIllegalStateException()
			.isThrownBy(() -> WebTestClient.bindToWebHandler((exchange) -> Mono.empty())
				.apply(clientCertificate(TestAuthority.create().client()))
				.build()
				.get()
				.uri("/")
				.exchange())
			.withMessageContaining("application context");
	}

	@Test
	void requestWhenThereIsNoGateFails() {
		WebTestClient client = WebTestClient.bindToController(new Object())
			.apply(clientCertificate(TestAuthority.create().client()))
			.build();
		assertThatExceptionOfType(WebClientRequestException.class).isThrownBy(() -> client.get().uri("/").exchange())
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("mtls.server");
	}

	@Test
	void configurerWhenTheClientIsOneOfAServerFails() {
		assertThatIllegalStateException()
			.isThrownBy(() -> WebTestClient.bindToServer().apply(clientCertificate(TestAuthority.create().client())))
			.withMessageContaining("MtlsTestClients");
	}

	/**
	 * Without Spring Security.
	 */
	@Nested
	@MtlsTest(webEnvironment = WebEnvironment.MOCK, clientNames = "orders.example", classes = TestApplication.class,
			properties = { "mtls.server.allowed-clients=dns:*.example", TestApplication.REACTIVE,
					TestApplication.WITHOUT_SECURITY })
	class WithoutSecurity {

		@Autowired
		private ApplicationContext context;

		@Autowired
		private TestAuthority authority;

		private WebTestClient client;

		@BeforeEach
		void build() {
			this.client = WebTestClient.bindToApplicationContext(this.context).build();
		}

		@Test
		void requestOfAdmittedPeerFindsItsCertificate() {
			this.client.mutateWith(clientCertificate(TestPeer.TRUSTED))
				.get()
				.uri("/whoami")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody(String.class)
				.isEqualTo("orders.example");
		}

		@ParameterizedTest
		@CsvSource({ "WITHOUT_CERTIFICATE, CERTIFICATE_MISSING", "REVOKED, CERTIFICATE_REVOKED",
				"UNTRUSTED, ISSUER_UNKNOWN", "SELF_SIGNED, ISSUER_UNKNOWN", "MISSING_INTERMEDIATE, ISSUER_UNKNOWN",
				"EXPIRED, CERTIFICATE_EXPIRED", "NOT_YET_VALID, CERTIFICATE_NOT_YET_VALID",
				"WRONG_KEY_USAGE, KEY_USAGE_WRONG", "WEAK_KEY, ALGORITHM_WEAK" })
		void requestOfRefusedPeerFailsWithTheReason(TestPeer peer, Reason reason) {
			WebTestClient refused = this.client.mutateWith(clientCertificate(peer));
			assertThatExceptionOfType(WebClientRequestException.class)
				.isThrownBy(() -> refused.get().uri("/whoami").exchange())
				.havingCause()
				.isInstanceOfSatisfying(MtlsException.class, (ex) -> assertThat(ex.reason()).isEqualTo(reason));
		}

		@Test
		void requestWithAnyCertificateIsJudgedByIt() {
			TestCertificate admin = this.authority.client("admin.example");
			this.client.mutateWith(clientCertificate(admin)).get().uri("/admin").exchange().expectStatus().isOk();
			this.client.mutateWith(clientCertificate(admin.chain()))
				.get()
				.uri("/admin")
				.exchange()
				.expectStatus()
				.isOk();
			this.client.mutateWith(clientCertificate(TestPeer.TRUSTED))
				.get()
				.uri("/admin")
				.exchange()
				.expectStatus()
				.isForbidden()
				.expectBody()
				.jsonPath("$.reason")
				.isEqualTo("identity-not-allowed");
		}

		@Test
		void requestWhenTheClientWasConfiguredTwiceHasTheLastCertificate() {
			this.client.mutateWith(clientCertificate(TestPeer.EXPIRED))
				.mutateWith(clientCertificate(TestPeer.TRUSTED))
				.get()
				.uri("/whoami")
				.exchange()
				.expectBody(String.class)
				.isEqualTo("orders.example");
		}

		@Test
		void requestWhenTheClientIsConfiguredAtFirstHasTheCertificate() {
			WebTestClient.bindToApplicationContext(this.context)
				.apply(clientCertificate(TestPeer.TRUSTED))
				.build()
				.get()
				.uri("/whoami")
				.exchange()
				.expectBody(String.class)
				.isEqualTo("orders.example");
		}

	}

	/**
	 * With Spring Security.
	 */
	@Nested
	@MtlsTest(webEnvironment = WebEnvironment.MOCK, classes = TestApplication.class,
			properties = { "mtls.server.authorities=dns:client = ROLE_USER", TestApplication.REACTIVE })
	class WithSecurity {

		@Autowired
		private ApplicationContext context;

		@Test
		void requestOfAdmittedPeerIsAuthenticated() {
			assertThat(authorities(TestPeer.TRUSTED)).contains("ROLE_USER", "FACTOR_X509");
			assertThat(authorities(TestPeer.WRONG_NAME)).contains("FACTOR_X509").doesNotContain("ROLE_USER");
		}

		@Test
		void requestOfRefusedPeerFails() {
			assertThatExceptionOfType(WebClientRequestException.class).isThrownBy(() -> authorities(TestPeer.EXPIRED))
				.withCauseInstanceOf(MtlsException.class);
		}

		private String authorities(TestPeer peer) {
			String body = WebTestClient.bindToApplicationContext(this.context)
				.apply(clientCertificate(peer))
				.build()
				.get()
				.uri("/authorities")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody(String.class)
				.returnResult()
				.getResponseBody();
			return (body != null) ? body : "";
		}

	}

}
