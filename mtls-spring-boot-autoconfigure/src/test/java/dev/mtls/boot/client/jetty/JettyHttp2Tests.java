package dev.mtls.boot.client.jetty;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.client.HttpClientTransport;
import org.eclipse.jetty.client.transport.HttpClientConnectionFactory;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.ClientConnectionFactoryOverHTTP2;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link JettyClients} with a transport that speaks HTTP/2.
 */
class JettyHttp2Tests {

	@TempDir
	private Path directory;

	private final Server server = new Server();

	private final ServerConnector connector = new ServerConnector(this.server);

	private final AtomicInteger requests = new AtomicInteger();

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	private ClientGate gate;

	private BuiltClient<ClientHttpRequestFactory> client;

	@BeforeEach
	void start() throws Exception {
		String rules = ClientGate.rules(this.directory, "servers", "dns:localhost");
		this.gate = new ClientGate(this.directory, true,
				(locations) -> locations.allowedPeers("allowed-servers", List.of(rules)));
		TestAuthority authority = this.gate.authority;
		SslContextFactory.Server ssl = new SslContextFactory.Server();
		ssl.setSslContext(authority.server().sslContext(authority));
		ssl.setNeedClientAuth(true);
		HttpConfiguration configuration = new HttpConfiguration();
		configuration.addCustomizer(new SecureRequestCustomizer());
		this.connector.addConnectionFactory(new SslConnectionFactory(ssl, "alpn"));
		this.connector.addConnectionFactory(new ALPNServerConnectionFactory("h2"));
		this.connector.addConnectionFactory(new HTTP2ServerConnectionFactory(configuration));
		this.connector.setDefaultProtocol("ssl");
		this.connector.setHost("localhost");
		this.server.addConnector(this.connector);
		this.server.setHandler(new Handler.Abstract() {

			@Override
			public boolean handle(Request request, Response response, Callback callback) {
				JettyHttp2Tests.this.requests.incrementAndGet();
				if (!request.getHttpURI().getPath().equals("/hold")) {
					String version = request.getConnectionMetaData().getHttpVersion().asString();
					response.write(true, StandardCharsets.UTF_8.encode(version), callback);
				}
				return true;
			}

		});
		this.server.start();
		this.client = JettyClients.requestFactory(
				ClientHttpRequestFactoryBuilder.jetty().withHttpClientTransportFactory(JettyHttp2Tests::transport),
				HttpClientSettings.defaults(), new ClientGeneration(this.gate.gate()), ClientPool.DEFAULTS);
	}

	@AfterEach
	void stop() throws Exception {
		this.client.closer().run();
		this.server.stop();
		this.gate.close();
		this.executor.shutdownNow();
	}

	@Test
	void requestsShareOneConnection() {
		for (int i = 0; i < 20; i++) {
			assertThat(get("/")).isEqualTo("HTTP/2.0");
		}
		assertThat(this.connector.getConnectedEndPoints()).hasSize(1);
		assertThat(this.gate.gate().connections()).hasSize(1);
		this.client.closer().run();
		await().until(this.gate.gate().connections()::isEmpty);
	}

	@Test
	void requestWhenServerIsNotAllowedFailsWithTheReason() {
		this.gate.rules("servers", "dns:other.example");
		assertThat(this.gate.gate().reload()).isTrue();
		assertThat(catchThrowable(() -> get("/"))).hasRootCauseInstanceOf(MtlsException.class)
			.rootCause()
			.extracting((cause) -> ((MtlsException) cause).reason())
			.isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(this.requests).hasValue(0);
	}

	@Test
	void killSwitchCutsAWaitingRequest() {
		CompletableFuture<Throwable> request = CompletableFuture.supplyAsync(() -> catchThrowable(() -> get("/hold")),
				this.executor);
		await().until(() -> this.requests.get() == 1);
		this.gate.killSwitch.set(true);
		await().atMost(Duration.ofSeconds(1)).until(this.connector.getConnectedEndPoints()::isEmpty);
		assertThat(request).succeedsWithin(Duration.ofSeconds(1)).isNotNull();
	}

	private String get(String path) {
		return Objects.requireNonNull(RestClient.create()
			.mutate()
			.requestFactory(this.client.client())
			.build()
			.get()
			.uri("https://localhost:%d%s".formatted(this.connector.getLocalPort(), path))
			.retrieve()
			.body(String.class));
	}

	private static HttpClientTransport transport(ClientConnector connector) {
		return new HttpClientTransportDynamic(connector,
				new ClientConnectionFactoryOverHTTP2.HTTP2(new HTTP2Client(connector)),
				HttpClientConnectionFactory.HTTP11);
	}

}
