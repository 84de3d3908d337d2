package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for peers in Spring Security, behind a server that needs certificates and one
 * that wants them.
 */
@Tag("servers")
@Tag("spring-security")
class SecurityTests {

	private static final String ROOT = "spiffe://example.org/root";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate root = authority.client(ROOT);

	private static final TestCertificate clerk = authority.client("clerk");

	private static final TestCertificate revoked = authority.client("clerk");

	private static final TestCertificate mallory = authority.client("mallory");

	@TempDir
	static Path directory;

	private static MountedFiles rules;

	private static TestServer need;

	private static TestServer want;

	@BeforeAll
	static void start() throws IOException {
		rules = new MountedFiles(Files.createDirectory(directory.resolve("rules")));
		allow("clerk", "leaving", ROOT);
		Path crl = Files.write(directory.resolve("ca.crl"), authority.crl(revoked.certificate()));
		String[] properties = ServerFiles.write(authority, directory)
			.properties("mtls.server.allowed-clients=file:" + rules.path("clients"),
					"mtls.server.authorities=%s = ROLE_ADMIN, ROLE_USER".formatted(ROOT),
					"mtls.server.revocation.crls=file:" + crl, "mtls.reload.interval=100ms");
		need = TestServer.start(SecuredApplication.class, properties);
		want = TestServer.start(SecuredApplication.class, with(properties, "mtls.server.client-auth=want"));
	}

	@AfterAll
	static void stop() {
		need.close();
		want.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void peerIsAuthenticated(boolean needed) throws IOException {
		TestServer server = server(needed);
		assertServed(get(server, root, "/who"), ROOT + ": FACTOR_X509 ROLE_ADMIN ROLE_USER");
		assertServed(get(server, root, "/admin"), ROOT + ": FACTOR_X509 ROLE_ADMIN ROLE_USER");
		assertServed(get(server, clerk, "/who"), "clerk: FACTOR_X509");
		assertServed(get(server, clerk, "/public"), "clerk: FACTOR_X509");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void peerWithoutAuthorityIsForbidden(boolean needed) throws IOException {
		assertRefused(get(server(needed), clerk, "/admin"), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/who", "/public", "/x509" })
	void requestWithoutCertificateWhenNeededIsNotAnswered(String path) {
		assertThatIOException()
			.isThrownBy(() -> new TlsClient(authority.sslContext(), "TLSv1.3").get(need.port(), path));
	}

	@Test
	void requestWithoutCertificateWhenWantedIsUnauthorizedUnlessItIsPublic() throws IOException {
		TlsClient anonymous = new TlsClient(authority.sslContext(), "TLSv1.3");
		assertRefused(anonymous.get(want.port(), "/who"), 401, Reason.CERTIFICATE_MISSING);
		assertRefused(anonymous.get(want.port(), "/admin"), 401, Reason.CERTIFICATE_MISSING);
		assertServed(anonymous.get(want.port(), "/public"), WhoController.NOBODY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/who", "/public", "/x509" })
	void peerThatIsNotListedIsRefused(String path) throws IOException {
		assertThatIOException().isThrownBy(() -> get(need, mallory, path));
		assertRefused(get(want, mallory, path), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void peerWhoseCertificateIsRevokedIsNotAnswered(boolean needed) {
		assertThatIOException().isThrownBy(() -> get(server(needed), revoked, "/who"));
		assertThatIOException().isThrownBy(() -> get(server(needed), revoked, "/public"));
	}

	@Test
	void peerThatIsNoLongerListedIsRefused() throws IOException {
		TestCertificate leaving = authority.client("leaving");
		assertServed(get(want, leaving, "/who"), "leaving: FACTOR_X509");
		want.events().drain();
		allow("clerk", ROOT);
		want.events().await(MtlsEvent.Reloaded.class);
		try {
			assertRefused(get(want, leaving, "/who"), 403, Reason.IDENTITY_NOT_ALLOWED);
			assertServed(get(want, clerk, "/who"), "clerk: FACTOR_X509");
		}
		finally {
			want.events().drain();
			allow("clerk", "leaving", ROOT);
			want.events().await(MtlsEvent.Reloaded.class);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void x509AuthenticationOfSpringSecurityWorksOn(boolean needed) throws IOException {
		assertServed(get(server(needed), clerk, "/x509"), "clerk: ROLE_X509");
		if (!needed) {
			assertThat(new TlsClient(authority.sslContext(), "TLSv1.3").get(want.port(), "/x509").status())
				.isEqualTo(403);
		}
	}

	@Test
	void peerStaysAuthenticatedInOtherDispatchesOfItsRequest() throws IOException {
		assertServed(get(need, clerk, "/later"), "clerk: FACTOR_X509");
		assertThat(get(need, clerk, "/nowhere").status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisabledIfSystemProperty(named = "mtls.test.server", matches = "netty")
	void certificateIsWhereBoundTokensAreCheckedAgainstIt(boolean needed) throws IOException {
		TestServer server = server(needed);
		String path = "/bound?" + thumbprint(clerk.certificate());
		assertServed(get(server, clerk, path), "clerk: FACTOR_X509");
		assertThat(get(server, root, path).status()).isEqualTo(403);
		if (!needed) {
			assertRefused(new TlsClient(authority.sslContext(), "TLSv1.3").get(want.port(), path), 401,
					Reason.CERTIFICATE_MISSING);
		}
	}

	static String thumbprint(X509Certificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
			return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertServed(TlsClient.Response response, String who) {
		assertThat(response.body()).isEqualTo(who);
		assertThat(response.status()).isEqualTo(200);
	}

	private static void assertRefused(TlsClient.Response response, int status, Reason reason) {
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason.code()));
		assertThat(response.status()).isEqualTo(status);
	}

	private static TlsClient.Response get(TestServer server, TestCertificate client, String path) throws IOException {
		return new TlsClient(client.sslContext(authority), "TLSv1.3").get(server.port(), path);
	}

	private static TestServer server(boolean needed) {
		return needed ? need : want;
	}

	private static void allow(String... clients) {
		rules.swap(Map.of("clients", String.join("\n", clients)));
	}

	private static String[] with(String[] properties, String other) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = other;
		return all;
	}

}
