package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link JdkRequestFactories}, {@link JdkConnectors} and
 * {@link JdkHttpClients}.
 */
class JdkClientsTests {

	private static final Duration WITHIN = Duration.ofSeconds(1);

	@TempDir
	private Path directory;

	private final List<Runnable> closers = new ArrayList<>();

	private ClientGate client;

	private HttpsPeer server;

	private String servers;

	@BeforeEach
	void start() {
		this.servers = ClientGate.rules(this.directory, "servers", "localhost");
		this.client = new ClientGate(this.directory, true,
				(locations) -> locations.allowedPeers("allowed-servers", List.of(this.servers)));
		this.server = new HttpsPeer(this.client.authority, this.client.authority.server());
	}

	@AfterEach
	void stop() {
		this.closers.forEach(Runnable::run);
		this.server.close();
		this.client.close();
	}

	@ParameterizedTest
	@EnumSource
	void requestPresentsTheCertificate(Use use) throws Exception {
		assertThat(get(use, "/whoami").get(10, TimeUnit.SECONDS)).isEqualTo("CN=client");
	}

	@ParameterizedTest
	@EnumSource
	void requestsInTurnMakeOneHandshake(Use use) throws Exception {
		Requester requester = requester(use);
		for (int i = 0; i < 1000; i++) {
			assertThat(requester.get(url("/whoami"))).isEqualTo("CN=client");
		}
		assertThat(this.server.handshakes()).isEqualTo(1);
		assertThat(this.client.gate().connections()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenServerIsNotAllowedIsRefusedBeforeItIsSent(Use use) {
		this.client.rules("servers", "other.example.com");
		this.client.gate().reload();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requester(use).get(url("/whoami")))
			.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
		assertThat(this.server.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestWhenKillSwitchIsEngagedMakesNoConnection(Use use) {
		this.client.killSwitch.set(true);
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requester(use).get(url("/whoami")))
			.satisfies((ex) -> assertThat(reasonOf(ex)).isEqualTo(Reason.KILL_SWITCH));
		assertThat(this.server.accepted()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "FACTORY, /hold", "CONNECTOR, /hold", "CLIENT, /hold", "FACTORY, /stream", "CONNECTOR, /stream",
			"CLIENT, /stream" })
	void requestWhenKillSwitchIsEngagedIsCut(Use use, String path) {
		CompletableFuture<String> answer = get(use, path);
		await().until(() -> this.server.requests() == 1);
		this.client.killSwitch.set(true);
		await().atMost(WITHIN).until(answer::isDone);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(answer::get);
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void idleConnectionWhenServerIsNoLongerAllowedIsClosed(Use use) throws Exception {
		Requester requester = requester(use);
		assertThat(requester.get(url("/whoami"))).isEqualTo("CN=client");
		assertThat(this.server.connections()).hasSize(1);
		this.client.rules("servers", "other.example.com");
		this.client.gate().reload();
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
		assertThat(this.server.requests()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void closerClosesConnections(Use use) throws Exception {
		assertThat(requester(use).get(url("/whoami"))).isEqualTo("CN=client");
		this.closers.forEach(Runnable::run);
		await().atMost(WITHIN).until(this.server.connections()::isEmpty);
		await().atMost(WITHIN).until(this.client.gate().connections()::isEmpty);
		assertThat(this.server.requests()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void connectionWhenServerClosesItIsForgotten(Use use) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> requester(use).get(url("/drop")));
		await().until(this.client.gate().connections()::isEmpty);
	}

	private String url(String path) {
		return this.server.url("localhost", path);
	}

	private CompletableFuture<String> get(Use use, String path) {
		Requester requester = requester(use);
		CompletableFuture<String> answer = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				answer.complete(requester.get(url(path)));
			}
			catch (Throwable ex) {
				answer.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return answer;
	}

	private Requester requester(Use use) {
		ClientGeneration generation = new ClientGeneration(this.client.gate());
		return switch (use) {
			case FACTORY -> {
				RestClient rest = RestClient.builder()
					.requestFactory(closed(JdkRequestFactories.requestFactory(ClientHttpRequestFactoryBuilder.jdk(),
							HttpClientSettings.defaults(), generation)))
					.build();
				yield (url) -> String.valueOf(rest.get().uri(url).retrieve().body(String.class));
			}
			case CONNECTOR -> {
				GatedHttpClient http = closed(JdkConnectors.httpClient(ClientHttpConnectorBuilder.jdk(),
						HttpClientSettings.defaults(), generation));
				WebClient web = WebClient.builder()
					.clientConnector(
							JdkConnectors.connector(new UnheardHttpClient(http), HttpClientSettings.defaults()))
					.build();
				yield (url) -> String.valueOf(web.get().uri(url).retrieve().bodyToMono(String.class).block());
			}
			case CLIENT -> {
				HttpClient http = new UnheardHttpClient(
						closed(JdkHttpClients.httpClient(HttpClientSettings.defaults(), generation)));
				yield (url) -> {
					HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
					return http.send(request, BodyHandlers.ofString()).body();
				};
			}
		};
	}

	private <T> T closed(BuiltClient<T> built) {
		this.closers.add(built.closer());
		return built.client();
	}

	private static @Nullable Reason reasonOf(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException refused) {
				return refused.reason();
			}
		}
		return null;
	}

	/**
	 * The ways to use the HTTP client of the JDK.
	 */
	enum Use {

		FACTORY, CONNECTOR, CLIENT

	}

	/**
	 * Sends a request and waits for its answer.
	 */
	@FunctionalInterface
	private interface Requester {

		String get(String url) throws Exception;

	}

}
