package dev.mtls.integration;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Spring Security with its configuration: chains that are there by default,
 * chains that the DSL makes, Spring Security's own X.509 authentication, and access
 * tokens that are bound to certificates.
 */
@Tag("security")
class SecurityChainTests {

	private static final String ROOT = "spiffe://example.org/root";

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext root = authority.client(ROOT).sslContext(authority);

	private static final TestCertificate clerkCertificate = authority.client("clerk");

	private static final SSLContext clerk = clerkCertificate.sslContext(authority);

	private static final SSLContext anonymous = authority.sslContext();

	@TempDir
	static Path directory;

	private static TestServer unchained;

	private static TestServer chained;

	private static TestServer tokens;

	@BeforeAll
	static void start() {
		String[] properties = ServerFiles.write(authority, directory)
			.properties("mtls.server.client-auth=want", "server.shutdown=immediate",
					"mtls.server.authorities=%s = ROLE_ADMIN, ROLE_USER".formatted(ROOT));
		unchained = TestServer.start(UnchainedApplication.class, properties);
		chained = TestServer.start(ChainedApplication.class, properties);
		tokens = TestServer.start(TokenApplication.class, properties);
	}

	@AfterAll
	static void stop() {
		unchained.close();
		chained.close();
		tokens.close();
	}

	@Test
	void defaultChainServesAuthenticatedPeersAlone() throws Exception {
		assertServed(get(unchained, root, "/who"), ROOT + ": FACTOR_X509 ROLE_ADMIN ROLE_USER");
		assertServed(get(unchained, clerk, "/public"), "clerk: FACTOR_X509");
		assertServed(get(unchained, clerk, "/later"), "clerk: FACTOR_X509");
		assertThat(get(unchained, clerk, "/nowhere").statusCode()).isEqualTo(404);
		for (String path : new String[] { "/who", "/public", "/nowhere", "/login", "/error", "/actuator" }) {
			assertRefused(get(unchained, anonymous, path), 401, Reason.CERTIFICATE_MISSING);
		}
	}

	@Test
	void defaultChainLeavesHealthOpenAsSpringBootDoes() throws Exception {
		assertThat(get(unchained, anonymous, "/actuator/health").statusCode()).isEqualTo(200);
		assertThat(get(unchained, anonymous, "/actuator/health/liveness").statusCode()).isEqualTo(200);
		assertThat(get(unchained, anonymous, "/actuator/healthy").statusCode()).isEqualTo(401);
		assertThat(get(unchained, anonymous, "/actuator/info").statusCode()).isEqualTo(401);
		assertThat(get(unchained, clerk, "/actuator").statusCode()).isEqualTo(200);
	}

	@Test
	void defaultChainMakesNoSession() throws Exception {
		for (HttpResponse<String> response : List.of(get(unchained, clerk, "/who"), get(unchained, anonymous, "/who"),
				post(unchained, clerk, "Sec-Fetch-Site", "cross-site", HttpClient.Version.HTTP_2))) {
			assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(HttpClient.Version.class)
	void chainRefusesWhatAPageOfAnotherOriginSends(HttpClient.Version version) throws Exception {
		for (TestServer server : List.of(unchained, chained)) {
			String here = server.uri("").toString();
			assertServed(post(server, clerk, "User-Agent", "test", version), "clerk: FACTOR_X509");
			assertServed(post(server, clerk, "Sec-Fetch-Site", "same-origin", version), "clerk: FACTOR_X509");
			assertServed(post(server, clerk, "Origin", here, version), "clerk: FACTOR_X509");
			for (String site : new String[] { "cross-site", "same-site" }) {
				assertThat(post(server, clerk, "Sec-Fetch-Site", site, version).statusCode()).isEqualTo(403);
			}
			for (String origin : new String[] { "https://evil.example.org", "https://127.0.0.1", "null",
					here.replace("https", "http") }) {
				assertThat(post(server, clerk, "Origin", origin, version).statusCode()).isEqualTo(403);
			}
		}
	}

	@Test
	void chainOfTheDslAuthenticatesPeers() throws Exception {
		assertServed(get(chained, root, "/who"), ROOT + ": FACTOR_X509 ROLE_ADMIN ROLE_USER");
		assertServed(get(chained, root, "/admin"), ROOT + ": FACTOR_X509 ROLE_ADMIN ROLE_USER");
		assertServed(get(chained, anonymous, "/public"), WhoController.NOBODY);
		assertRefused(get(chained, anonymous, "/who"), 401, Reason.CERTIFICATE_MISSING);
		assertRefused(get(chained, clerk, "/admin"), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void x509AuthenticationOfSpringSecurityWorks() throws Exception {
		assertThat(get(chained, clerk, "/x509").body()).startsWith("clerk: ").contains("ROLE_X509");
		assertThat(get(chained, anonymous, "/x509").statusCode()).isIn(401, 403);
	}

	@Test
	void boundTokenIsAcceptedFromTheHolderOfItsCertificateAlone() throws Exception {
		String token = AccessTokens.boundTo(clerkCertificate.certificate());
		HttpResponse<String> response = get(chained, clerk, "/bound", token);
		assertThat(response.body()).startsWith("somebody: ").contains("SCOPE_read");
		assertThat(response.statusCode()).isEqualTo(200);
		SSLContext other = authority.client("clerk").sslContext(authority);
		for (SSLContext peer : List.of(root, other, anonymous)) {
			assertInvalidToken(get(chained, peer, "/bound", token));
		}
	}

	@Test
	void tokenThatIsBoundToNothingIsAcceptedFromAnybody() throws Exception {
		for (SSLContext peer : List.of(clerk, root, anonymous)) {
			assertThat(get(chained, peer, "/bound", AccessTokens.unbound()).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void tokenOfAnotherSignerIsRefused() throws Exception {
		assertInvalidToken(get(chained, clerk, "/bound", AccessTokens.forged(clerkCertificate.certificate())));
	}

	@Test
	void certificateIsNoToken() throws Exception {
		assertRefused(get(chained, clerk, "/bound"), 403, Reason.IDENTITY_NOT_ALLOWED);
		assertThat(get(chained, anonymous, "/bound").statusCode()).isEqualTo(401);
	}

	@Test
	void chainThatSpringBootMakesForTokensIsNotReplaced() throws Exception {
		assertThat(get(tokens, clerk, "/who", AccessTokens.unbound()).body()).startsWith("somebody: ");
		HttpResponse<String> response = get(tokens, clerk, "/who");
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("WWW-Authenticate"))
			.hasValueSatisfying((challenge) -> assertThat(challenge).startsWith("Bearer"));
		assertInvalidToken(get(tokens, root, "/who", AccessTokens.boundTo(clerkCertificate.certificate())));
	}

	@Test
	@DisabledIfSystemProperty(named = "mtls.test.server", matches = "netty")
	void chainThatSpringBootMakesForTokensAcceptsBoundOnesOnServlets() throws Exception {
		assertThat(get(tokens, clerk, "/who", AccessTokens.boundTo(clerkCertificate.certificate())).body())
			.startsWith("somebody: ");
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.server", matches = "netty")
	void chainThatSpringBootMakesForTokensRefusesBoundOnesOnWebFlux() throws Exception {
		assertInvalidToken(get(tokens, clerk, "/who", AccessTokens.boundTo(clerkCertificate.certificate())));
	}

	private static void assertServed(HttpResponse<String> response, String who) {
		assertThat(response.body()).isEqualTo(who);
		assertThat(response.statusCode()).isEqualTo(200);
	}

	private static void assertRefused(HttpResponse<String> response, int status, Reason reason) {
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason.code()));
		assertThat(response.statusCode()).isEqualTo(status);
	}

	private static void assertInvalidToken(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("WWW-Authenticate"))
			.hasValueSatisfying((challenge) -> assertThat(challenge).contains("error=\"invalid_token\""));
	}

	private static HttpResponse<String> get(TestServer server, SSLContext client, String path) throws Exception {
		return send(client, HttpRequest.newBuilder(server.uri(path)), HttpClient.Version.HTTP_1_1);
	}

	private static HttpResponse<String> get(TestServer server, SSLContext client, String path, String token)
			throws Exception {
		return send(client, HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + token),
				HttpClient.Version.HTTP_1_1);
	}

	private static HttpResponse<String> post(TestServer server, SSLContext client, String header, String value,
			HttpClient.Version version) throws Exception {
		return send(client,
				HttpRequest.newBuilder(server.uri("/change")).POST(BodyPublishers.noBody()).header(header, value),
				version);
	}

	// A client for each request, as another would go on with a connection
	private static HttpResponse<String> send(SSLContext context, HttpRequest.Builder request,
			HttpClient.Version version) throws Exception {
		return HttpClient.newBuilder()
			.sslContext(context)
			.version(version)
			.build()
			.send(request.build(), BodyHandlers.ofString());
	}

}
