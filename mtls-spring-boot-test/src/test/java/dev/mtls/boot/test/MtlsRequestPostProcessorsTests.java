package dev.mtls.boot.test;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.mock.web.MockServletContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.support.StaticWebApplicationContext;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static dev.mtls.boot.test.MtlsRequestPostProcessors.clientCertificate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests for {@link MtlsRequestPostProcessors}.
 */
class MtlsRequestPostProcessorsTests {

	@Test
	void requestWhenThereIsNoGateFails() throws Exception {
		StaticWebApplicationContext context = new StaticWebApplicationContext();
		context.setServletContext(new MockServletContext());
		context.refresh();
		MockMvc mvc = MockMvcBuilders.webAppContextSetup(context).build();
		assertThatIllegalStateException()
			.isThrownBy(() -> mvc.perform(get("/").with(clientCertificate(TestAuthority.create().client()))))
			.withMessageContaining("mtls.server");
	}

	/**
	 * Without Spring Security.
	 */
	@Nested
	@AutoConfigureMockMvc
	@MtlsTest(webEnvironment = WebEnvironment.MOCK, clientNames = "orders.example", classes = TestApplication.class,
			properties = { "mtls.server.allowed-clients=dns:*.example", "mtls.server.allowed-networks=127.0.0.0/8",
					TestApplication.WITHOUT_SECURITY })
	class WithoutSecurity {

		@Autowired
		private MockMvc mvc;

		@Autowired
		private TestAuthority authority;

		@Test
		void requestOfAdmittedPeerFindsItsCertificate() throws Exception {
			this.mvc.perform(get("/whoami").with(clientCertificate(TestPeer.TRUSTED)))
				.andExpect(status().isOk())
				.andExpect(content().string("orders.example"));
		}

		@Test
		void requestIsAsOneOverTls() throws Exception {
			assertThat(
					this.mvc.perform(get("/whoami").with(clientCertificate(TestPeer.TRUSTED))).andReturn().getRequest())
				.satisfies((request) -> {
					assertThat(request.isSecure()).isTrue();
					assertThat(request.getScheme()).isEqualTo("https");
				});
		}

		@ParameterizedTest
		@CsvSource({ "WITHOUT_CERTIFICATE, CERTIFICATE_MISSING", "REVOKED, CERTIFICATE_REVOKED",
				"UNTRUSTED, ISSUER_UNKNOWN", "SELF_SIGNED, ISSUER_UNKNOWN", "MISSING_INTERMEDIATE, ISSUER_UNKNOWN",
				"EXPIRED, CERTIFICATE_EXPIRED", "NOT_YET_VALID, CERTIFICATE_NOT_YET_VALID",
				"WRONG_KEY_USAGE, KEY_USAGE_WRONG", "WEAK_KEY, ALGORITHM_WEAK" })
		void requestOfRefusedPeerFailsWithTheReason(TestPeer peer, Reason reason) {
			assertRefused(clientCertificate(peer), reason);
		}

		@Test
		void requestWithAnyCertificateIsJudgedByIt() throws Exception {
			TestCertificate admin = this.authority.client("admin.example");
			this.mvc.perform(get("/admin").with(clientCertificate(admin))).andExpect(status().isOk());
			this.mvc.perform(get("/admin").with(clientCertificate(admin.chain()))).andExpect(status().isOk());
			this.mvc.perform(get("/admin").with(clientCertificate(TestPeer.TRUSTED)))
				.andExpect(status().isForbidden())
				.andExpect(jsonPath("$.reason").value("identity-not-allowed"));
			assertRefused(clientCertificate(this.authority.client("elsewhere.com")), Reason.IDENTITY_NOT_ALLOWED);
			assertRefused(clientCertificate(this.authority.client(Flaw.CA_AS_LEAF, "a.example")), Reason.LEAF_IS_CA);
			assertRefused(clientCertificate(List.of()), Reason.CERTIFICATE_MISSING);
		}

		@Test
		void requestFromAnAddressThatIsNotAllowedFails() {
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> this.mvc
					.perform(get("/whoami").remoteAddress("192.0.2.1").with(clientCertificate(TestPeer.TRUSTED))))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED));
		}

		@Test
		void requestWithoutPostProcessorIsWithoutCertificate() throws Exception {
			this.mvc.perform(get("/whoami")).andExpect(status().isUnauthorized());
		}

		@Test
		void requestWhenItsCertificateIsRevokedMeanwhileFails() throws Exception {
			TestCertificate certificate = this.authority.client("late.example");
			this.mvc.perform(get("/whoami").with(clientCertificate(certificate))).andExpect(status().isOk());
			this.authority.revoke(certificate);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertRefused(clientCertificate(certificate), Reason.CERTIFICATE_REVOKED));
		}

		private void assertRefused(RequestPostProcessor certificate, Reason reason) {
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> this.mvc.perform(get("/whoami").with(certificate)))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
		}

	}

	/**
	 * Where some paths need no certificate.
	 */
	@Nested
	@AutoConfigureMockMvc
	@MtlsTest(webEnvironment = WebEnvironment.MOCK, classes = TestApplication.class,
			properties = { "mtls.server.allowed-clients=dns:client", "mtls.server.excluded-paths=/public/**",
					TestApplication.WITHOUT_SECURITY })
	class WithExcludedPaths {

		@Autowired
		private MockMvc mvc;

		@Test
		void requestOfPeerThatTheRulesRefuseIsAnsweredAsAtRunTime() throws Exception {
			this.mvc.perform(get("/public/ping").with(clientCertificate(TestPeer.WITHOUT_CERTIFICATE)))
				.andExpect(content().string("pong null"));
			this.mvc.perform(get("/whoami").with(clientCertificate(TestPeer.WITHOUT_CERTIFICATE)))
				.andExpect(status().isUnauthorized());
			this.mvc.perform(get("/public/ping").with(clientCertificate(TestPeer.TRUSTED)))
				.andExpect(content().string("pong client"));
			this.mvc.perform(get("/public/ping").with(clientCertificate(TestPeer.WRONG_NAME)))
				.andExpect(status().isForbidden());
		}

	}

	/**
	 * With Spring Security.
	 */
	@Nested
	@AutoConfigureMockMvc
	@MtlsTest(webEnvironment = WebEnvironment.MOCK, classes = TestApplication.class,
			properties = "mtls.server.authorities=dns:client = ROLE_USER")
	class WithSecurity {

		@Autowired
		private MockMvc mvc;

		@Test
		void requestOfAdmittedPeerIsAuthenticated() throws Exception {
			this.mvc.perform(get("/authorities").with(clientCertificate(TestPeer.TRUSTED)))
				.andExpect(status().isOk())
				.andExpect(content().string(allOf(containsString("ROLE_USER"), containsString("FACTOR_X509"))));
		}

		@Test
		void requestOfAnotherAdmittedPeerHasItsOwnAuthorities() throws Exception {
			this.mvc.perform(get("/authorities").with(clientCertificate(TestPeer.WRONG_NAME)))
				.andExpect(status().isOk())
				.andExpect(content().string(not(containsString("ROLE_USER"))));
		}

		@Test
		void requestOfRefusedPeerFails() {
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> this.mvc.perform(get("/authorities").with(clientCertificate(TestPeer.EXPIRED))));
		}

		@Test
		void requestWithoutPostProcessorIsUnauthorized() throws Exception {
			this.mvc.perform(get("/authorities")).andExpect(status().isUnauthorized());
		}

	}

}
