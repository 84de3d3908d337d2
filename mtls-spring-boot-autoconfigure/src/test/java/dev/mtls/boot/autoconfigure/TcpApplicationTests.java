package dev.mtls.boot.autoconfigure;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;

import dev.mtls.boot.actuate.MtlsHealth;
import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.metrics.MtlsMetrics;
import dev.mtls.boot.tcp.MtlsTcpListener;
import dev.mtls.boot.tcp.TcpServerLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.KillSwitch;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for TCP servers and clients of an application, over sockets.
 */
@ExtendWith(OutputCaptureExtension.class)
class TcpApplicationTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static final Pattern STARTED = Pattern.compile("\\[mtls.tcp.servers.echo] Listens at \\S+:([0-9]+),");

	private static MtlsTestFiles files;

	private static PemFiles payments;

	private static PemFiles stranger;

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
		payments = files.authority().client("payments").writeTo(directory, "payments");
		stranger = TestAuthority.create().client("stranger").writeTo(directory, "stranger");
	}

	@ParameterizedTest
	@CsvSource({ "orders, client", "payer, payments" })
	void serverWhenPeerIsAdmittedAnswersToTheIdentityOfTheClient(String client, String identity) {
		application().run((context) -> {
			TcpConnection connection = connect(context, client, "echo");
			assertThat(exchange(connection, "hello")).isEqualTo("hello of " + identity);
			connection.close();
			assertThat(context.getBean(Events.class).gates(MtlsEvent.PeerAdmitted.class)).contains("tcp-echo");
		});
	}

	@Test
	void serverWhenPeerIsOfAnotherAuthorityRefusesIt() {
		application().run((context) -> {
			Throwable failure = catchThrowable(() -> exchange(connect(context, "other", "echo"), "hello"));
			assertThat(failure).isNotNull();
			assertThat(context.getBean(Events.class).refusals("tcp-echo")).containsExactly(Reason.ISSUER_UNKNOWN);
		});
	}

	@Test
	void serverWhenItsOwnLimitIsReachedRefusesWhileOthersDoNot() {
		application().withPropertyValues("mtls.tcp.servers.echo.limits.connections=1").run((context) -> {
			assertThat(exchange(connect(context, "orders", "echo"), "1")).isEqualTo("1 of client");
			assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> connect(context, "orders", "echo"));
			assertThat(context.getBean(Events.class).refusals("tcp-echo")).containsExactly(Reason.CONNECTION_LIMIT);
			connect(context, "orders", "work");
			connect(context, "orders", "work");
		});
	}

	@Test
	void serverWhenNothingComesInTimeClosesTheConnection() {
		application().withPropertyValues("mtls.tcp.servers.echo.read-timeout=100ms").run((context) -> {
			TcpConnection connection = connect(context, "orders", "echo");
			Awaitility.await().atMost(BOUND).until(() -> listener(context, "echo").connections() == 0);
			connection.close();
		});
	}

	@Test
	void killSwitchWhenEngagedCutsAndRefuses() {
		application().run((context) -> {
			try (Socket standing = openSocket(context)) {
				assertThat(exchange(standing)).isEqualTo("a of alice");
				context.getBean(KillSwitch.class).set(true);
				assertThat(context.getBean(Events.class).gates(MtlsEvent.ConnectionCut.class)).contains("tcp-echo");
				Awaitility.await().atMost(BOUND).until(() -> listener(context, "echo").connections() == 0);
			}
			assertThatIOException().isThrownBy(() -> exchange(openSocket(context)));
			context.getBean(KillSwitch.class).set(false);
			try (Socket again = openSocket(context)) {
				assertThat(exchange(again)).isEqualTo("a of alice");
			}
		});
	}

	@Test
	void serverWhenItsKeyIsReplacedShowsTheNewOne(@TempDir Path directory) {
		MtlsTestFiles changing = MtlsTestFiles.in(directory);
		application().withPropertyValues(changing.serverProperties())
			.withPropertyValues(changing.clientProperties())
			.withPropertyValues("mtls.reload.interval=20ms")
			.run((context) -> {
				PeerIdentity before = connect(context, "orders", "echo").peerIdentity();
				changing.authority().server().writeTo(directory, "server");
				Awaitility.await()
					.atMost(BOUND)
					.until(() -> !Objects.equals(connect(context, "orders", "echo").peerIdentity(), before));
			});
	}

	@Test
	void gateOfServerIsShownToOperators(CapturedOutput output) {
		application().run((context) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(MtlsMetrics.class).bindTo(registry);
			exchange(connect(context, "orders", "echo"), "hello");
			assertThat(registry.get("mtls.connections.active").tag("gate", "tcp-echo").gauge().value()).isOne();
			assertThat(registry.get("mtls.connections.accepted").tag("gate", "tcp-echo").counter().count()).isOne();
			assertThat(context.getBean(MtlsHealth.class).getContributor("tcp-echo")).isNotNull();
			assertThat(output).contains("[tcp-echo] Mutual TLS with bundle mtls-tcp-echo: is 'CN=")
				.contains("[mtls.tcp.servers.echo] Listens at /127.0.0.1:");
		});
	}

	@Test
	void poolOfClientLendsItsConnections() {
		application().run((context) -> new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
					MtlsTcpAutoConfiguration.class))
			.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.tcp.clients.orders.server=localhost:" + listener(context, "echo").port(),
					"mtls.tcp.clients.orders.pool.max-connections=1")
			.run((client) -> {
				MtlsTcpPool pool = client.getBean(MtlsTcpPool.class);
				for (int exchanges = 0; exchanges < 3; exchanges++) {
					assertThat(pool.use((connection) -> answer(connection, "hello")).block(BOUND))
						.isEqualTo("hello of client");
				}
				assertThat(pool.idle()).isOne();
				assertThat(listener(context, "echo").connections()).isOne();
			}));
	}

	@Test
	void stopWhenConnectionIsAtWorkWaitsForItsEndWhileTheRestRuns() {
		application().withUserConfiguration(PhaseConfiguration.class)
			.withPropertyValues("mtls.tcp.servers.work.drain-time=10s")
			.run((context) -> {
				TcpListener listener = listener(context, "work");
				Work work = context.getBean(Work.class);
				Phase web = context.getBean(Phase.class);
				TcpConnection connection = connect(context, "orders", "work");
				send(connection, "job");
				assertThat(work.begun.await(10, TimeUnit.SECONDS)).isTrue();
				CompletableFuture<Void> closing = Mono.<Void>fromRunnable(context.getSourceApplicationContext()::close)
					.subscribeOn(Schedulers.boundedElastic())
					.toFuture();
				Awaitility.await().atMost(BOUND).until(() -> !isListening(listener.port()));
				assertThat(closing).isNotDone();
				assertThat(web.isRunning()).isTrue();
				work.release.countDown();
				assertThat(receive(connection)).isEqualTo("done job");
				closing.get(10, TimeUnit.SECONDS);
				connection.close();
				assertThat(web.isRunning()).isFalse();
			});
	}

	@Test
	void stopWhenConnectionIsIdleClosesItAtTheDrainTime() {
		application().withPropertyValues("mtls.tcp.servers.echo.drain-time=300ms").run((context) -> {
			TcpConnection connection = connect(context, "orders", "echo");
			assertThat(exchange(connection, "hello")).isEqualTo("hello of client");
			long begun = System.nanoTime();
			context.getSourceApplicationContext().close();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(300), BOUND);
			end(connection.onClose());
		});
	}

	@Test
	void stopWhenItStartsAgainListensAgain() {
		application().run((context) -> {
			ConfigurableApplicationContext source = context.getSourceApplicationContext();
			int port = listener(context, "echo").port();
			source.stop();
			assertThat(context.getBean(TcpServerLifecycle.class).isRunning()).isFalse();
			assertThat(isListening(port)).isFalse();
			source.start();
			assertThat(exchange(connect(context, "orders", "echo"), "hello")).isEqualTo("hello of client");
		});
	}

	@Test
	void startWhenPortIsInUseFailsAndListensNowhere(CapturedOutput output) throws IOException {
		try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			application().withPropertyValues("mtls.tcp.servers.work.listen=127.0.0.1:" + used.getLocalPort())
				.run((context) -> {
					MtlsException failure = Failures.mtlsException(context.getStartupFailure());
					assertThat(failure.reason()).isEqualTo(Reason.BIND_FAILED);
					assertThat(failure.place()).isEqualTo("mtls.tcp.servers.work: 127.0.0.1:" + used.getLocalPort());
					assertThat(failure.fix()).isNotBlank();
					Matcher started = STARTED.matcher(output);
					assertThat(started.find()).isTrue();
					assertThat(isListening(Integer.parseInt(started.group(1)))).isFalse();
				});
		}
	}

	@Test
	void startWhenItFailsElsewhereListensNowhere() {
		AtomicInteger port = new AtomicInteger();
		application().withBean(Failing.class, port).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(port).hasPositiveValue();
			assertThat(isListening(port.get())).isFalse();
		});
	}

	@Test
	void applicationWhenServersListenIsKeptRunning() {
		Set<Thread> others = Set.copyOf(waiting());
		application().run((context) -> assertThat(waiting()).filteredOn((thread) -> !others.contains(thread))
			.singleElement()
			.satisfies((thread) -> assertThat(thread.isDaemon()).isFalse()));
		Awaitility.await().atMost(BOUND).until(() -> others.containsAll(waiting()));
	}

	// Connections that a test leaves open are not waited for
	private static ApplicationContextRunner application() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					MtlsClientAutoConfiguration.class, MtlsTcpAutoConfiguration.class,
					MtlsHealthContributorAutoConfiguration.class, MtlsMetricsAutoConfiguration.class,
					SslAutoConfiguration.class))
			.withUserConfiguration(HandlerConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues(clientProperties("payments", payments))
			.withPropertyValues(clientProperties("stranger", stranger))
			.withPropertyValues("mtls.tcp.servers.echo.listen=127.0.0.1:0", "mtls.tcp.servers.work.listen=127.0.0.1:0",
					"mtls.tcp.servers.echo.drain-time=0s", "mtls.tcp.servers.work.drain-time=0s",
					"mtls.tcp.clients.orders.server=localhost:1", "mtls.tcp.clients.payer.server=localhost:1",
					"mtls.tcp.clients.payer.client=payments", "mtls.tcp.clients.other.server=localhost:1",
					"mtls.tcp.clients.other.client=stranger");
	}

	private static String[] clientProperties(String name, PemFiles client) {
		String prefix = "mtls.clients." + name;
		return new String[] { prefix + ".certificate=" + client.certificate(),
				prefix + ".private-key=" + client.privateKey(), prefix + ".trust-certificates=" + files.anchor() };
	}

	private static List<Thread> waiting() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("mtls-tcp"))
			.toList();
	}

	private static TcpListener listener(ApplicationContext context, String server) {
		return context.getBean(TcpServerLifecycle.class).listener(server);
	}

	private static TcpConnection connect(ApplicationContext context, String client, String server) {
		return Objects.requireNonNull(context.getBean(client, MtlsTcpClient.class)
			.port(listener(context, server).port())
			.connect()
			.block(BOUND));
	}

	private static String exchange(TcpConnection connection, String text) {
		return Objects.requireNonNull(answer(connection, text).block(BOUND), "There is no answer");
	}

	private static Mono<String> answer(TcpConnection connection, String text) {
		return connection.send(ByteBufFlux.fromString(Mono.just(text))).then(connection.receive().asString().next());
	}

	private static void send(TcpConnection connection, String text) {
		end(connection.send(ByteBufFlux.fromString(Mono.just(text))));
	}

	private static String receive(TcpConnection connection) {
		return Objects.requireNonNull(connection.receive().asString().next().block(BOUND), "There is no answer");
	}

	private static void end(Mono<Void> mono) {
		mono.block(BOUND);
	}

	private static Socket openSocket(ApplicationContext context) throws IOException {
		Socket socket = files.authority()
			.client("alice")
			.sslContext(files.authority())
			.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), listener(context, "echo").port());
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static String exchange(Socket socket) throws IOException {
		socket.getOutputStream().write('a');
		byte[] answer = socket.getInputStream().readNBytes("a of alice".length());
		if (answer.length == 0) {
			throw new EOFException("There is no answer");
		}
		return new String(answer, StandardCharsets.US_ASCII);
	}

	private static boolean isListening(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Work.class)
	static class HandlerConfiguration {

		@Bean
		TcpConnectionHandler echo() {
			return (connection) -> connection.send(ByteBufFlux.fromString(connection.receive()
				.asString()
				.map((text) -> "%s of %s".formatted(text,
						Objects.requireNonNull(connection.peerIdentity()).displayName()))));
		}

		@Bean
		Events events() {
			return new Events();
		}

	}

	/**
	 * A bean as the web server is one.
	 */
	@Configuration(proxyBeanMethods = false)
	static class PhaseConfiguration {

		@Bean
		Phase phase() {
			return new Phase();
		}

	}

	/**
	 * Answers one job, when it is let.
	 */
	@MtlsTcpListener("work")
	static class Work implements TcpConnectionHandler {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		@Override
		public Publisher<Void> handle(TcpConnection connection) {
			return connection.receive().asString().next().flatMap((job) -> {
				this.begun.countDown();
				// It blocks, for which the common pool may have no thread
				return Mono.fromRunnable(this::waitForRelease)
					.subscribeOn(Schedulers.boundedElastic())
					.then(connection.send(ByteBufFlux.fromString(Mono.just("done " + job))));
			});
		}

		private void waitForRelease() {
			try {
				if (!this.release.await(10, TimeUnit.SECONDS)) {
					throw new IllegalStateException("It was not released");
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * What happened at the gates.
	 */
	static class Events implements MtlsEventListener {

		private final List<MtlsEvent> events = new CopyOnWriteArrayList<>();

		@Override
		public void onEvent(MtlsEvent event) {
			this.events.add(event);
		}

		List<String> gates(Class<? extends MtlsEvent> type) {
			Awaitility.await().atMost(BOUND).until(() -> of(type).findAny().isPresent());
			return of(type).map(MtlsEvent::gate).toList();
		}

		List<Reason> refusals(String gate) {
			Awaitility.await().atMost(BOUND).until(() -> refused(gate).findAny().isPresent());
			return refused(gate).map(MtlsEvent.PeerRefused::reason).toList();
		}

		private <T extends MtlsEvent> Stream<T> of(Class<T> type) {
			return this.events.stream().filter(type::isInstance).map(type::cast);
		}

		private Stream<MtlsEvent.PeerRefused> refused(String gate) {
			return of(MtlsEvent.PeerRefused.class).filter((event) -> event.gate().equals(gate));
		}

	}

	/**
	 * A bean that stops when the web server does.
	 */
	static class Phase implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return SmartLifecycle.DEFAULT_PHASE - 2048;
		}

	}

	/**
	 * A bean that fails to start when the servers have.
	 */
	static class Failing extends Phase {

		private final AtomicInteger port;

		private final TcpServerLifecycle servers;

		Failing(AtomicInteger port, TcpServerLifecycle servers) {
			this.port = port;
			this.servers = servers;
		}

		@Override
		public void start() {
			this.port.set(this.servers.listener("echo").port());
			throw new IllegalStateException("It is to fail");
		}

		@Override
		public int getPhase() {
			return SmartLifecycle.DEFAULT_PHASE;
		}

	}

}
