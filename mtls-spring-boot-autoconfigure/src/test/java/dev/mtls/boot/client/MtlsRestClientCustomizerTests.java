package dev.mtls.boot.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLParameters;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsHttpClientAutoConfiguration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.gate.Gate;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsRestClientCustomizer} against a server of the JDK.
 */
class MtlsRestClientCustomizerTests {

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final CountDownLatch answer = new CountDownLatch(1);

	private HttpsServer server;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() throws IOException {
		this.authority.client("client").writeTo(this.directory, "client");
		this.authority.writeTo(this.directory, "ca");
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
					MtlsHttpClientAutoConfiguration.class, SslAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class))
			.withPropertyValues("mtls.reload.enabled=false", "spring.http.clients.imperative.factory=jdk",
					"spring.http.clients.reactive.connector=jdk",
					"mtls.client.certificate=" + this.directory.resolve("client.crt"),
					"mtls.client.private-key=" + this.directory.resolve("client.key"),
					"mtls.client.trust-certificates=" + this.directory.resolve("ca.crt"));
		this.server = serve(this.authority.server());
	}

	@AfterEach
	void stop() {
		this.answer.countDown();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	@Test
	void requestPresentsTheCertificateAndIsAnswered() {
		this.runner.run((context) -> {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			for (String host : List.of("localhost", "127.0.0.1", "[::1]")) {
				if (!host.startsWith("[") || reachable("::1")) {
					assertThat(get(client, url(host))).isEqualTo("CN=client");
				}
			}
		});
	}

	@Test
	void requestWhenCertificateIsRenewedPresentsTheNewOne() {
		this.runner.run((context) -> {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			assertThat(get(client, url("localhost"))).isEqualTo("CN=client");
			this.authority.client("renewed").writeTo(this.directory, "client");
			assertThat(context.getBean(Gate.class).reload()).isTrue();
			assertThat(get(client, url("localhost"))).isEqualTo("CN=renewed");
		});
	}

	@Test
	void requestWhenServerHoldsAnotherNameFailsWithTheReason() throws Exception {
		this.server.stop(0);
		this.server = serve(this.authority.server(Flaw.WRONG_NAME));
		assertRefused("host-name-mismatch", "connected to localhost", "wrong.example");
	}

	@Test
	void requestWhenServerIsFromAnotherAuthorityFailsWithTheReason() throws Exception {
		this.server.stop(0);
		this.server = serve(this.authority.server(Flaw.OTHER_AUTHORITY));
		assertRefused("issuer-unknown");
	}

	@Test
	void requestWhenServerIsExpiredFailsWithTheReason() throws Exception {
		this.server.stop(0);
		this.server = serve(this.authority.server(Flaw.EXPIRED));
		assertRefused("certificate-expired");
	}

	@Test
	void requestWhenServerIsNotListedFailsWithTheReason() {
		this.runner = this.runner.withPropertyValues("mtls.client.allowed-servers=dns:other.example.com");
		assertRefused("identity-not-allowed", "localhost");
	}

	@Test
	void requestWhenIdentityMatchesAndHostNameDoesNotIsAnsweredOnlyIfIdentityIsChecked() throws Exception {
		this.server.stop(0);
		this.server = serve(
				this.authority.issue(CertificateRequest.server("elsewhere.example").uri("spiffe://td/server").build()));
		this.runner
			.withPropertyValues("mtls.client.server-check=identity", "mtls.client.allowed-servers=spiffe://td/server")
			.run((context) -> assertThat(get(context.getBean(RestClient.Builder.class).build(), url("localhost")))
				.isEqualTo("CN=client"));
		this.runner = this.runner.withPropertyValues("mtls.client.server-check=both",
				"mtls.client.allowed-servers=spiffe://td/server");
		assertRefused("host-name-mismatch");
	}

	@Test
	void requestUsesTheProtocolsAndCiphersOfTheClient() {
		this.runner.withPropertyValues("mtls.client.protocols=TLSv1.3", "mtls.client.ciphers=TLS_AES_128_GCM_SHA256")
			.run((context) -> assertThat(
					get(context.getBean(RestClient.Builder.class).build(), url("localhost", "/tls")))
				.isEqualTo("TLS_AES_128_GCM_SHA256"));
	}

	@Test
	void requestWhenReadTimeoutIsSetForAllClientsEndsInTime() {
		this.runner.withPropertyValues("spring.http.clients.read-timeout=200ms")
			.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> get(context.getBean(RestClient.Builder.class).build(), url("localhost", "/never")))
				.withRootCauseInstanceOf(HttpTimeoutException.class));
	}

	@Test
	void requestWhenRedirectsAreOffForAllClientsDoesNotFollow() {
		this.runner.run((context) -> assertThat(
				entity(context.getBean(RestClient.Builder.class).build(), url("localhost", "/redirect")).getStatusCode()
					.value())
			.isEqualTo(200));
		this.runner.withPropertyValues("spring.http.clients.redirects=dont-follow")
			.run((context) -> assertThat(
					entity(context.getBean(RestClient.Builder.class).build(), url("localhost", "/redirect"))
						.getStatusCode()
						.value())
				.isEqualTo(302));
	}

	@Test
	void timeoutsWhenNotSetAreTenAndThirtySeconds() {
		HttpClientSettings settings = options(null, null).over(HttpClientSettings.defaults());
		assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void timeoutsOfTheClientWinOverThoseOfAll() {
		HttpClientSettings all = HttpClientSettings.defaults()
			.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2));
		assertThat(options(null, null).over(all)).isEqualTo(all);
		assertThat(options(Duration.ofSeconds(3), Duration.ofSeconds(4)).over(all))
			.isEqualTo(all.withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(4)));
	}

	@Test
	void buildersShareOneRequestFactory() {
		this.runner.run((context) -> {
			MtlsRestClientCustomizer customizer = context.getBean(MtlsRestClientCustomizer.class);
			RestClient.Builder first = RestClient.builder();
			RestClient.Builder second = RestClient.builder();
			customizer.customize(first);
			customizer.customize(second);
			assertThat(first).extracting("requestFactory")
				.isNotNull()
				.isSameAs(ReflectionTestUtils.getField(second, "requestFactory"));
		});
	}

	@Test
	void builderWhenApplicationCustomizesTheFactoryKeepsTheApplications() {
		this.runner.withUserConfiguration(OwnFactoryConfiguration.class)
			.run((context) -> assertThat(
					get(context.getBean(RestClient.Builder.class).build(), "https://nowhere.invalid"))
				.isEqualTo("own"));
	}

	private void assertRefused(String... texts) {
		this.runner.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> get(context.getBean(RestClient.Builder.class).build(), url("localhost")))
			.satisfies((ex) -> assertThat(messages(ex)).contains(texts)));
	}

	private HttpsServer serve(TestCertificate certificate) throws IOException {
		HttpsServer started = HttpsServer.create(new InetSocketAddress((InetAddress) null, 0), 0);
		started.setHttpsConfigurator(new HttpsConfigurator(certificate.sslContext(this.authority)) {

			@Override
			public void configure(HttpsParameters parameters) {
				SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
				ssl.setNeedClientAuth(true);
				parameters.setSSLParameters(ssl);
			}

		});
		started.createContext("/", this::answer);
		started.setExecutor(this.executor);
		started.start();
		return started;
	}

	private void answer(HttpExchange exchange) throws IOException {
		HttpsExchange https = (HttpsExchange) exchange;
		Principal peer = https.getSSLSession().getPeerPrincipal();
		String text = peer.getName();
		int status = 200;
		switch (exchange.getRequestURI().getPath()) {
			case "/tls" -> text = https.getSSLSession().getCipherSuite();
			case "/never" -> await();
			case "/redirect" -> {
				status = 302;
				exchange.getResponseHeaders().set("Location", "/");
			}
			default -> {
			}
		}
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	private void await() {
		try {
			assertThat(this.answer.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private String url(String host) {
		return url(host, "/");
	}

	private String url(String host, String path) {
		return "https://%s:%d%s".formatted(host, this.server.getAddress().getPort(), path);
	}

	private static boolean reachable(String address) throws IOException {
		return InetAddress.getByName(address).isReachable(500);
	}

	private static String get(RestClient client, String url) {
		return Objects.requireNonNull(client.get().uri(url).retrieve().body(String.class));
	}

	private static ResponseEntity<Void> entity(RestClient client, String url) {
		return client.get().uri(url).retrieve().toBodilessEntity();
	}

	private static ClientOptions options(@Nullable Duration connectTimeout, @Nullable Duration readTimeout) {
		return new ClientOptions(connectTimeout, readTimeout, ClientPool.DEFAULTS, null);
	}

	private static String messages(Throwable failure) {
		return Stream.<Throwable>iterate(failure, (cause) -> cause != null, Throwable::getCause)
			.map(Throwable::toString)
			.reduce("%s%n%s"::formatted)
			.orElseThrow();
	}

	/**
	 * A customizer of the application, without an order.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnFactoryConfiguration {

		@Bean
		RestClientCustomizer ownFactory() {
			return (builder) -> builder.requestFactory((uri, method) -> {
				MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
				request.setResponse(new MockClientHttpResponse("own".getBytes(StandardCharsets.UTF_8), 200));
				return request;
			});
		}

	}

}
