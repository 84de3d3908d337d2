package dev.mtls.boot.metrics;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsHttpClientAutoConfiguration;
import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.HttpsPeer;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.boot.client.MtlsClients;
import dev.mtls.boot.client.MtlsWebClients;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClientPoolMetrics}.
 */
class ClientPoolMetricsTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private HttpsPeer server;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() {
		this.authority.writeTo(this.directory, "ca");
		this.server = new HttpsPeer(this.authority, this.authority.server());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class, MtlsAutoConfiguration.class,
					MtlsClientAutoConfiguration.class, MtlsHttpClientAutoConfiguration.class,
					SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class))
			.withPropertyValues("mtls.reload.enabled=false")
			.withPropertyValues(client("mtls.clients.payments", "payments"));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "jetty", "reactor" })
	void connectionsWhenRequestIsSentAreLeasedAndThenAvailable(String library) {
		withLibrary(library).run((context) -> {
			MtlsClients clients = context.getBean(MtlsClients.class);
			assertHoldsOneConnection(context,
					() -> clients.restClient("payments").get().uri(url("/hold")).retrieve().body(String.class));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "jetty", "reactor" })
	void connectionsWhenReactiveRequestIsSentAreLeasedAndThenAvailable(String library) {
		withLibrary(library).run((context) -> {
			MtlsWebClients clients = context.getBean(MtlsWebClients.class);
			assertHoldsOneConnection(context,
					() -> clients.webClient("payments")
						.get()
						.uri(url("/hold"))
						.retrieve()
						.bodyToMono(String.class)
						.block());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "jetty", "reactor" })
	void pendingWhenPoolIsFullCountsRequestsThatWait(String library) {
		withLibrary(library).withPropertyValues("mtls.clients.payments.pool.max-connections-per-host=1")
			.run((context) -> {
				CompletableFuture<String> first = hold(context);
				await().atMost(SOON).until(() -> connections(context, "leased") == 1);
				CompletableFuture<String> second = hold(context);
				await().atMost(SOON).until(() -> pending(context) == 1);
				this.server.release();
				assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(second.get(10, TimeUnit.SECONDS));
				assertThat(pending(context)).isZero();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "jetty", "reactor" })
	void connectionsWhenClientIsReplacedAreThoseOfTheNewOneInTheSameMeters(String library) {
		withLibrary(library).run((context) -> {
			MtlsClients clients = context.getBean(MtlsClients.class);
			for (int generation = 0; generation < 4; generation++) {
				reload(context);
				clients.restClient("payments").get().uri(url("/whoami")).retrieve().body(String.class);
				await().atMost(SOON).until(() -> connections(context, "available") == 1);
				assertThat(meters(context).gauges()).hasSize(3);
			}
			assertThat(this.server.handshakes()).isEqualTo(4);
		});
	}

	@Test
	void connectionsWhenOldClientDrainsAreThoseOfBoth() {
		withLibrary("http-components").run((context) -> {
			CompletableFuture<String> held = hold(context);
			await().atMost(SOON).until(() -> connections(context, "leased") == 1);
			reload(context);
			context.getBean(MtlsClients.class)
				.restClient("payments")
				.get()
				.uri(url("/whoami"))
				.retrieve()
				.body(String.class);
			assertThat(connections(context, "leased")).isEqualTo(1);
			assertThat(connections(context, "available")).isEqualTo(1);
			this.server.release();
			held.get(10, TimeUnit.SECONDS);
			await().atMost(SOON).until(() -> connections(context, "leased") == 0);
			assertThat(connections(context, "available")).isEqualTo(1);
		});
	}

	@Test
	void connectionsWhenImperativeAndReactiveClientsAreUsedAreCountedTogether() {
		withLibrary("http-components").run((context) -> {
			context.getBean(MtlsClients.class)
				.restClient("payments")
				.get()
				.uri(url("/whoami"))
				.retrieve()
				.body(String.class);
			context.getBean(MtlsWebClients.class)
				.webClient("payments")
				.get()
				.uri(url("/whoami"))
				.retrieve()
				.bodyToMono(String.class)
				.block();
			assertThat(connections(context, "available")).isEqualTo(2);
		});
	}

	@Test
	void connectionsWhenLibraryDoesNotTellHaveNoValue() {
		withLibrary("jdk").run((context) -> {
			context.getBean(MtlsClients.class)
				.httpClient("payments")
				.send(HttpRequest.newBuilder(URI.create(url("/whoami"))).build(), BodyHandlers.ofString());
			assertThat(connections(context, "available")).isNaN();
		});
	}

	@Test
	void metersCarryTheNameOfTheIdentity() {
		withLibrary("jdk").withPropertyValues(client("mtls.client", "standard"))
			.run((context) -> assertThat(context.getBean(MeterRegistry.class).find("mtls.client.pool.pending").gauges())
				.extracting((gauge) -> gauge.getId().getTag("client"))
				.containsExactlyInAnyOrder("mtls.client", "payments"));
	}

	@Test
	void contextWhenMicrometerIsAbsentHasClientsAndNoMetrics() {
		for (FilteredClassLoader classLoader : new FilteredClassLoader[] {
				new FilteredClassLoader("io.micrometer.core"), new FilteredClassLoader(MeterBinder.class) }) {
			this.runner.withClassLoader(classLoader)
				.run((context) -> assertThat(context).hasNotFailed()
					.hasSingleBean(MtlsClients.class)
					.doesNotHaveBean("mtlsClientPoolMetrics"));
		}
	}

	private ApplicationContextRunner withLibrary(String library) {
		return this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("spring.http.clients.imperative.factory=" + library,
					"spring.http.clients.reactive.connector=" + library);
	}

	private void assertHoldsOneConnection(ApplicationContext context, Runnable request) throws Exception {
		assertThat(connections(context, "leased")).isNaN();
		CompletableFuture<Void> held = CompletableFuture.runAsync(request);
		await().atMost(SOON).until(() -> this.server.requests() == 1);
		assertThat(connections(context, "leased")).isEqualTo(1);
		assertThat(connections(context, "available")).isZero();
		this.server.release();
		held.get(10, TimeUnit.SECONDS);
		await().atMost(SOON).until(() -> connections(context, "leased") == 0);
		assertThat(connections(context, "available")).isEqualTo(1);
	}

	private CompletableFuture<String> hold(ApplicationContext context) {
		MtlsClients clients = context.getBean(MtlsClients.class);
		return CompletableFuture.supplyAsync(
				() -> clients.restClient("payments").get().uri(url("/hold")).retrieve().body(String.class),
				(task) -> new Thread(task, "hold").start());
	}

	private void reload(ApplicationContext context) {
		this.authority.client("payments").writeTo(this.directory, "payments");
		MtlsClient client = Objects.requireNonNull(context.getBean(ClientIdentities.class).find("payments"));
		assertThat(client.gate().reload()).isTrue();
	}

	private static double connections(ApplicationContext context, String state) {
		return value(meters(context).name("mtls.client.pool.connections").tag("state", state).gauge());
	}

	private static double pending(ApplicationContext context) {
		return value(meters(context).name("mtls.client.pool.pending").gauge());
	}

	private static double value(@Nullable Gauge gauge) {
		return Objects.requireNonNull(gauge).value();
	}

	private static Search meters(ApplicationContext context) {
		return Search.in(context.getBean(MeterRegistry.class))
			.name((name) -> name.startsWith("mtls.client.pool"))
			.tag("client", "payments");
	}

	private String url(String path) {
		return this.server.url("localhost", path);
	}

	private String[] client(String prefix, String name) {
		this.authority.client(name).writeTo(this.directory, name);
		return new String[] { prefix + ".certificate=" + this.directory.resolve(name + ".crt"),
				prefix + ".private-key=" + this.directory.resolve(name + ".key"),
				prefix + ".trust-certificates=" + this.directory.resolve("ca.crt") };
	}

}
