package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for clients behind a proxy that forwards their certificates.
 */
@Tag("servers")
class ForwardedPeerTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate client = authority.client(CLIENT);

	private static final TestCertificate other = authority.client("other.example.com");

	private static final TestCertificate revoked = authority.client(CLIENT);

	private static final TestCertificate proxy = authority.client("proxy.example.com");

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() throws IOException {
		Path crl = Files.write(directory.resolve("ca.crl"), authority.crl(revoked.certificate()));
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.allowed-clients=" + CLIENT,
					"mtls.server.allowed-networks=127.0.0.1,203.0.113.0/24", "mtls.server.forwarded.format=rfc9440",
					"mtls.server.forwarded.proxies=proxy.example.com", "mtls.server.forwarded.proxy-networks=127.0.0.2",
					"mtls.server.revocation.crls=file:" + crl));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@Test
	void clientBehindAProxyIsServedAsItself() throws Exception {
		TlsClient.Response response = forward("/peer", bytes(client), "203.0.113.7");
		assertThat(response.body()).isEqualTo(CLIENT);
		assertThat(response.status()).isEqualTo(200);
	}

	@Test
	void addressIsTheOneThatWasDecidedOn() throws Exception {
		assertThat(forward("/address", bytes(client), "203.0.113.7").body()).isEqualTo("203.0.113.7");
		assertThat(get(client, "127.0.0.1", "/address", "X-Forwarded-For: 203.0.113.7").body()).isEqualTo("127.0.0.1");
	}

	@Test
	void certificateHeadersOfAProxyAreNotHandedOn() throws Exception {
		TlsClient.Response response = get(proxy, "127.0.0.2", "/headers", bytes(client), "X-Forwarded-For: 203.0.113.7",
				"X-Forwarded-Client-Cert: forged", "SSL_CLIENT_CERT: forged");
		assertThat(response.body()).contains("203.0.113.7").doesNotContain("forged", "MII");
	}

	@Test
	void clientBehindAProxyWhenNotAdmittedIsRefused() throws Exception {
		assertRefused(forward("/peer", bytes(other), "203.0.113.7"), 403, Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(forward("/peer", bytes(proxy), "203.0.113.7"), 403, Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(forward("/peer", bytes(TestAuthority.create().client(CLIENT)), "203.0.113.7"), 403,
				Reason.ISSUER_UNKNOWN);
		assertRefused(forward("/peer", bytes(revoked), "203.0.113.7"), 403, Reason.CERTIFICATE_REVOKED);
		assertRefused(forward("/peer", bytes(client), "198.51.100.1"), 403, Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(forward("/peer", bytes(client), "203.0.113.7, 127.0.0.1, 198.51.100.1"), 403,
				Reason.ADDRESS_NOT_ALLOWED);
		assertRefused(forward("/peer", "Client-Cert: forged", "203.0.113.7"), 403, Reason.CERTIFICATE_MALFORMED);
		assertRefused(forward("/peer", bytes(client) + "\r\n" + bytes(client), "203.0.113.7"), 403,
				Reason.CERTIFICATE_MALFORMED);
	}

	@Test
	void proxyWithoutClientIsNone() throws Exception {
		assertRefused(get(proxy, "127.0.0.2", "/peer"), 401, Reason.CERTIFICATE_MISSING);
		assertRefused(get(proxy, "127.0.0.2", "/peer", "X-Client-Cert: forged", "X-Forwarded-For: 203.0.113.7"), 401,
				Reason.CERTIFICATE_MISSING);
	}

	@Test
	void proxyIsHeldToItsNetworks() {
		assertThatIOException().isThrownBy(() -> get(proxy, "127.0.0.1", "/peer", bytes(client)));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		assertThatIOException().isThrownBy(() -> get(proxy, "127.0.0.3", "/peer", bytes(client)));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void clientIsServedAsItselfWhateverItForwards() throws Exception {
		TlsClient.Response response = get(client, "127.0.0.1", "/peer", bytes(other), "X-Forwarded-For: 198.51.100.1");
		assertThat(response.body()).isEqualTo(CLIENT);
		assertThat(get(client, "127.0.0.1", "/headers", bytes(other), "X-Forwarded-For: 198.51.100.1").body())
			.doesNotContain("MII", "198.51.100.1");
	}

	@Test
	void clientThatIsNotListedGainsNothingByForwarding() {
		assertThatIOException().isThrownBy(() -> get(other, "127.0.0.1", "/peer", bytes(client)));
		assertThatIOException().isThrownBy(() -> get(client, "127.0.0.2", "/peer"));
	}

	private static TlsClient.Response forward(String path, String certificate, String address) throws IOException {
		return get(proxy, "127.0.0.2", path, certificate, "X-Forwarded-For: " + address);
	}

	private static TlsClient.Response get(TestCertificate peer, String from, String path, String... headers)
			throws IOException {
		return new TlsClient(peer.sslContext(authority), "TLSv1.3").get(InetAddress.getByName(from), server.port(),
				path, List.of(headers));
	}

	private static void assertRefused(TlsClient.Response response, int status, Reason reason) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason.code()));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(reason);
	}

	private static String bytes(TestCertificate certificate) throws IOException {
		try {
			return "Client-Cert: :%s:"
				.formatted(Base64.getEncoder().encodeToString(certificate.certificate().getEncoded()));
		}
		catch (CertificateEncodingException ex) {
			throw new IOException(ex);
		}
	}

}
