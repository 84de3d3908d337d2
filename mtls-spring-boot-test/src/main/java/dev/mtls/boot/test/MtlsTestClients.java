package dev.mtls.boot.test;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.http.server.LocalTestWebServer;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.client.RestClient;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * Clients of the application under test, for each {@link TestPeer} and for any other
 * certificate. They present it whatever the application asks for, and trust the
 * {@link TestAuthority}. A {@code RestClient} and a {@code WebTestClient} begin at the
 * port and path of the application; {@link #uri} does so for an {@code HttpClient}.
 * <p>
 * With TLS 1.3 a client learns that it was refused when it reads, so that it is a request
 * that fails: in a {@code RestClient} with
 * {@link org.springframework.web.client.ResourceAccessException}, in a
 * {@code WebTestClient} with
 * {@link org.springframework.web.reactive.function.client.WebClientRequestException}, in
 * an {@code HttpClient} with {@link java.io.IOException}.
 */
public final class MtlsTestClients {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

	private final Map<TestCertificate, HttpClient> clients = new ConcurrentHashMap<>();

	private final TestAuthority authority;

	private final TestPeers peers;

	private final ApplicationContext context;

	private @Nullable HttpClient anonymous;

	MtlsTestClients(TestAuthority authority, TestPeers peers, ApplicationContext context) {
		this.authority = authority;
		this.peers = peers;
		this.context = context;
	}

	/**
	 * A client of a peer.
	 * @param peer the peer
	 * @return the client
	 */
	public RestClient restClient(TestPeer peer) {
		return restClient(httpClient(peer));
	}

	/**
	 * A client with a certificate.
	 * @param certificate the certificate
	 * @return the client
	 */
	public RestClient restClient(TestCertificate certificate) {
		return restClient(httpClient(certificate));
	}

	/**
	 * A client of a peer, where Spring WebFlux is on the class path.
	 * @param peer the peer
	 * @return the client
	 */
	public WebTestClient webTestClient(TestPeer peer) {
		return webTestClient(httpClient(peer));
	}

	/**
	 * A client with a certificate, where Spring WebFlux is on the class path.
	 * @param certificate the certificate
	 * @return the client
	 */
	public WebTestClient webTestClient(TestCertificate certificate) {
		return webTestClient(httpClient(certificate));
	}

	/**
	 * A client of a peer.
	 * @param peer the peer
	 * @return the client, the same each time
	 */
	public HttpClient httpClient(TestPeer peer) {
		TestCertificate certificate = this.peers.certificate(peer);
		return (certificate != null) ? httpClient(certificate) : anonymous();
	}

	/**
	 * A client with a certificate.
	 * @param certificate the certificate
	 * @return the client, the same each time
	 */
	public HttpClient httpClient(TestCertificate certificate) {
		return this.clients.computeIfAbsent(certificate, (key) -> create(key.sslContext(this.authority)));
	}

	/**
	 * Where something of the application is.
	 * @param path its path, below the context path
	 * @return the URI
	 * @throws IllegalStateException if the application was started without a server
	 */
	public URI uri(String path) {
		return URI.create(server().uri(path));
	}

	private synchronized HttpClient anonymous() {
		if (this.anonymous == null) {
			this.anonymous = create(this.authority.sslContext());
		}
		return this.anonymous;
	}

	private RestClient restClient(HttpClient client) {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
		requests.setReadTimeout(READ_TIMEOUT);
		return RestClient.builder().baseUrl(server().uri()).requestFactory(requests).build();
	}

	private WebTestClient webTestClient(HttpClient client) {
		return WebTestClient.bindToServer(new JdkClientHttpConnector(client))
			.baseUrl(server().uri())
			.responseTimeout(READ_TIMEOUT)
			.build();
	}

	private LocalTestWebServer server() {
		return LocalTestWebServer.obtain(this.context);
	}

	private static HttpClient create(SSLContext context) {
		return HttpClient.newBuilder().sslContext(context).connectTimeout(CONNECT_TIMEOUT).build();
	}

}
