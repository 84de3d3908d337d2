package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for clients behind a load balancer that presents no certificate and is known by
 * its address.
 */
@Tag("servers")
class LoadBalancerTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate client = authority.client(CLIENT);

	private static final List<String> headers = List.of("X-Amzn-Mtls-Clientcert: "
			+ URLEncoder.encode(client.certificatePem(), StandardCharsets.US_ASCII).replace("+", "%20"));

	private static final TlsClient nobody = new TlsClient(authority.sslContext(), "TLSv1.3");

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.allowed-clients=" + CLIENT, "mtls.server.forwarded.format=aws-alb",
					"mtls.server.forwarded.trust=address", "mtls.server.forwarded.proxy-networks=127.0.0.2"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void clientBehindItIsServedAsItself() throws IOException {
		assertThat(get(headers).body()).isEqualTo(CLIENT);
	}

	@Test
	void requestWithoutForwardedCertificateIsUnauthorized() throws IOException {
		assertThat(get(List.of()).status()).isEqualTo(401);
	}

	@Test
	void peerFromElsewhereNeedsACertificate() throws IOException {
		assertThatIOException()
			.isThrownBy(() -> nobody.get(InetAddress.getLoopbackAddress(), server.port(), "/peer", headers));
		assertThat(new TlsClient(client.sslContext(authority), "TLSv1.3").get(server.port(), "/peer").body())
			.isEqualTo(CLIENT);
	}

	@Test
	void startTellsAWarning() {
		assertThat(server.events().await(MtlsEvent.Warned.class).message()).contains("address alone");
	}

	private static TlsClient.Response get(List<String> headers) throws IOException {
		return nobody.get(InetAddress.getByName("127.0.0.2"), server.port(), "/peer", headers);
	}

}
