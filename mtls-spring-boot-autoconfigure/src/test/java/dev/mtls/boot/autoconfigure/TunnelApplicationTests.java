package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.mtls.boot.actuate.TunnelDescriptor;
import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.actuate.TunnelsHealth;
import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.metrics.TunnelMetrics;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.tcp.tunnel.SessionEnd;
import dev.mtls.tcp.tunnel.TunnelSessionListener;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for tunnels of an application, over sockets: a client tunnel, a server tunnel and
 * a plain service behind it.
 */
@ExtendWith(OutputCaptureExtension.class)
class TunnelApplicationTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static final Pattern ENDED = Pattern
		.compile("INFO .*\\[in] Session \\d+ of client \\S+ to target \\S+ with peer client ended after \\d+ ms, "
				+ "with 5 bytes to the target and 5 to the client: complete");

	@TempDir
	private Path directory;

	private final EchoService service = EchoService.start();

	private MtlsTestFiles files;

	@BeforeEach
	void writeFiles() {
		this.files = MtlsTestFiles.in(this.directory);
	}

	@AfterEach
	void stop() {
		this.service.close();
	}

	@Test
	void sessionPassesOnBothWaysAndIsToldToOperators(CapturedOutput output) {
		both((server, client) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			server.getBean(TunnelMetrics.class).bindTo(registry);
			assertThat(registry.find("mtls.tunnel.sessions").tag("tunnel", "in").timers())
				.hasSize(SessionEnd.values().length)
				.allMatch((timer) -> timer.count() == 0);
			assertThat(bytes(registry, "to-target")).isZero();
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				assertThat(registry.get("mtls.tunnel.sessions.active").tag("tunnel", "in").gauge().value()).isOne();
				assertThat(bytes(registry, "to-target")).isEqualTo(5);
				assertThat(described(server).connections()).isOne();
				socket.shutdownOutput();
				assertThat(socket.getInputStream().read()).isEqualTo(-1);
			}
			Awaitility.await().atMost(BOUND).until(() -> ENDED.matcher(output).find());
			assertThat(registry.get("mtls.tunnel.sessions").tags("tunnel", "in", "end", "complete").timer().count())
				.isOne();
			assertThat(registry.get("mtls.tunnel.sessions.active").tag("tunnel", "in").gauge().value()).isZero();
			assertThat(bytes(registry, "to-target")).isEqualTo(5);
			assertThat(bytes(registry, "to-client")).isEqualTo(5);
		});
	}

	@Test
	void metersTellTunnelsDirectionsAndEndsApart() throws IOException {
		try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			target.setSoTimeout(10_000);
			String[] properties = { "mtls.tunnels.in.target=127.0.0.1:" + target.getLocalPort() };
			both(this.files, properties, (server, client) -> {
				List<SimpleMeterRegistry> registries = List.of(new SimpleMeterRegistry(), new SimpleMeterRegistry());
				registries.forEach(server.getBean(TunnelMetrics.class)::bindTo);
				registries.forEach(client.getBean(TunnelMetrics.class)::bindTo);
				try (Socket socket = open(client)) {
					send(socket, "hello");
					try (Socket accepted = target.accept()) {
						accepted.setSoTimeout(10_000);
						assertThat(read(accepted, 5)).isEqualTo("hello");
						send(accepted, "ok");
						assertThat(read(socket, 2)).isEqualTo("ok");
						accepted.setSoLinger(true, 0);
					}
					assertIsClosed(socket);
				}
				assertThat(registries).allSatisfy((registry) -> {
					assertReset(registry, "in");
					assertReset(registry, "out");
					assertThat(bytes(registry, "to-target")).isEqualTo(5);
					assertThat(bytes(registry, "to-client")).isEqualTo(2);
				});
			});
		}
	}

	@Test
	void metersBeforeTunnelsWereStartedAreZero() {
		server().run((context) -> {
			TunnelLifecycle tunnels = new TunnelLifecycle(
					context.getBean(TunnelGates.class).tunnels(context.getEnvironment()),
					context.getBeanProvider(TunnelSessionListener.class));
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			new TunnelMetrics(tunnels).bindTo(registry);
			assertThat(registry.get("mtls.tunnel.sessions.active").tag("tunnel", "in").gauge().value()).isZero();
			assertThat(bytes(registry, "to-target")).isZero();
		});
	}

	@Test
	void endpointDescribesTunnelsWithoutPeers() {
		both((server, client) -> {
			try (Socket socket = open(client)) {
				exchange(socket, "hello");
			}
			Awaitility.await().atMost(BOUND).until(() -> tunnel(server).connections() == 0);
			try (Socket socket = open(client)) {
				exchange(socket, "hello");
				TunnelDescriptor in = described(server);
				assertThat(in.role()).isEqualTo("server");
				assertThat(in.listen()).isEqualTo(tunnel(server).address().toString());
				assertThat(in.target()).isEqualTo(this.service.address());
				assertThat(in.connections()).isOne();
				assertThat(in.totalSessions()).isEqualTo(2);
				assertThat(in.bytesToTarget()).isEqualTo(10);
				assertThat(in.bytesToClient()).isEqualTo(10);
				assertThat(in.startedAt()).isEqualTo(server.getBean(TunnelLifecycle.class).startedAt());
				assertThat(in.generation()).isOne();
				assertThat(Objects.requireNonNull(in.certificate()).subject()).startsWith("CN=");
				assertThat(in.toString()).doesNotContain("client=", "peer");
				assertThat(client.getBean(TunnelsEndpoint.class).describe().tunnels()).containsOnlyKeys("out");
			}
		});
	}

	@Test
	void healthIsUpWhileTunnelsListen() {
		both((server, client) -> {
			TunnelsHealth contributor = server.getBean(TunnelsHealth.class);
			Health health = contributor.health();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("in");
			server.getBean(TunnelLifecycle.class).stop();
			assertThat(contributor.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	@Test
	void healthWhenOneTunnelListensNoMoreIsOutOfService() {
		server()
			.withPropertyValues("mtls.tunnels.other.role=server", "mtls.tunnels.other.listen=127.0.0.1:0",
					"mtls.tunnels.other.target=" + this.service.address())
			.run((context) -> {
				TunnelLifecycle tunnels = context.getBean(TunnelLifecycle.class);
				RunningTunnel other = tunnels.tunnel("other");
				try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(context, "in"))) {
					Awaitility.await().atMost(BOUND).until(() -> tunnel(context).connections() == 1);
					other.close(Duration.ZERO).block(BOUND);
					Health health = context.getBean(TunnelsHealth.class).health();
					assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
					assertThat(health.getDetails().get("in")).hasToString(
							"Detail[listen=%s, listening=true, connections=1]".formatted(tunnel(context).address()));
					assertThat(health.getDetails().get("other"))
						.hasToString("Detail[listen=%s, listening=false, connections=0]".formatted(other.address()));
					assertThat(socket.isConnected()).isTrue();
				}
			});
	}

	@Test
	void healthBeforeTunnelsWereStartedIsOutOfService() {
		TunnelLifecycle tunnels = new TunnelLifecycle(Map.of(),
				new StaticListableBeanFactory().getBeanProvider(TunnelSessionListener.class));
		assertThat(new TunnelsHealth(tunnels).health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		tunnels.start();
		assertThat(new TunnelsHealth(tunnels).health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void reloadWhenCertificateWasReplacedIsForNewSessionsAndKeepsStandingOnes() {
		both((server, client) -> {
			try (Socket standing = open(client)) {
				exchange(standing, "hello");
				TunnelDescriptor.OwnCertificate before = Objects.requireNonNull(described(server).certificate());
				this.files.authority().server().writeTo(this.directory, "server");
				assertThat(serialNumber(server)).isEqualTo(before.serialNumber());
				server.getBean(GateReloader.class).reload();
				assertThat(described(server).generation()).isEqualTo(2);
				TunnelDescriptor.OwnCertificate after = Objects.requireNonNull(described(server).certificate());
				assertThat(after).isNotEqualTo(before);
				assertThat(serialNumber(server)).isEqualTo(after.serialNumber());
				assertThat(exchange(standing, "again")).isEqualTo("again");
				try (Socket socket = open(client)) {
					assertThat(exchange(socket, "hello")).isEqualTo("hello");
				}
			}
		});
	}

	@Test
	void reloadWhenPeerIsRevokedCutsItsSessionWithinASecond(CapturedOutput output) throws IOException {
		Path crl = this.directory.resolve("ca.crl");
		Files.write(crl, this.files.authority().crl());
		TestCertificate revoked = this.files.authority().client("client");
		revoked.writeTo(this.directory, "client");
		both(this.files, new String[] { "mtls.server.revocation.crls=" + crl }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				Files.write(crl, this.files.authority().crl(revoked.certificate()));
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
			Awaitility.await().atMost(BOUND).until(() -> output.getAll().contains("to the client: peer-cut"));
		});
	}

	@Test
	void reloadOfClientWhenAuthorityIsNoLongerTrustedCutsSessionWithinASecond(CapturedOutput output) {
		Path anchor = this.files.authority().writeTo(this.directory, "servers");
		MtlsTestFiles clients = new MtlsTestFiles(this.files.authority(), anchor, this.files.server(),
				this.files.client());
		server().run((server) -> client(clients, server).run((client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				TestAuthority.create().writeTo(this.directory, "servers");
				client.getBean(GateReloader.class).reload();
				RunningTunnel tunnel = client.getBean(TunnelLifecycle.class).tunnel("out");
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel.sessions().isEmpty());
				assertIsClosed(socket);
			}
			Awaitility.await().atMost(BOUND).until(() -> output.getAll().contains("to the client: peer-cut"));
		}));
	}

	@Test
	void sessionWhenPeerIsOfAnotherAuthorityNeverReachesTheTarget() {
		PemFiles stranger = TestAuthority.create().client("client").writeTo(this.directory, "stranger");
		MtlsTestFiles other = new MtlsTestFiles(this.files.authority(), this.files.anchor(), this.files.server(),
				stranger);
		both(other, new String[0], (server, client) -> {
			try (Socket socket = open(client)) {
				assertIsClosed(socket);
			}
			assertThat(tunnel(server).totalSessions()).isZero();
			assertThat(this.service.accepted()).isZero();
		});
	}

	@Test
	void sessionWhenAuthenticationIsDisabledOnBothSidesPassesOn() {
		new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues("mtls.server.enabled=false",
					"mtls.server.certificate=" + this.files.server().certificate(),
					"mtls.server.private-key=" + this.files.server().privateKey(), "mtls.tunnels.in.role=server",
					"mtls.tunnels.in.listen=127.0.0.1:0", "mtls.tunnels.in.target=" + this.service.address(),
					"mtls.tunnels.in.disable-authentication=true")
			.run((server) -> new ApplicationContextRunner().withConfiguration(configurations())
				.withPropertyValues("mtls.client.trust-certificates=" + this.files.anchor(),
						"mtls.tunnels.out.role=client", "mtls.tunnels.out.listen=127.0.0.1:0",
						"mtls.tunnels.out.target=localhost:" + port(server, "in"),
						"mtls.tunnels.out.disable-authentication=true")
				.run((client) -> {
					try (Socket socket = open(client)) {
						assertThat(exchange(socket, "hello")).isEqualTo("hello");
						assertThat(tunnel(server).sessions()).singleElement()
							.satisfies((session) -> assertThat(session.peer()).isNull());
					}
				}));
	}

	@Test
	void sessionWhenServerAsksForNoCertificateHasNoPeer() {
		new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues("mtls.server.enabled=false",
					"mtls.server.certificate=" + this.files.server().certificate(),
					"mtls.server.private-key=" + this.files.server().privateKey(), "mtls.tunnels.in.role=server",
					"mtls.tunnels.in.listen=127.0.0.1:0", "mtls.tunnels.in.target=" + this.service.address(),
					"mtls.tunnels.in.disable-authentication=true")
			.run((server) -> client(this.files, server).run((client) -> {
				try (Socket socket = open(client)) {
					assertThat(exchange(socket, "hello")).isEqualTo("hello");
					assertThat(tunnel(server).sessions()).singleElement()
						.satisfies((session) -> assertThat(session.peer()).isNull());
				}
			}));
	}

	@Test
	void sessionWhenServerHasNotTheNameThatIsAskedForNeverBegins() {
		server().run((server) -> client(this.files, server)
			.withPropertyValues("mtls.tunnels.out.server-name=other.example.com")
			.run((client) -> {
				try (Socket socket = open(client)) {
					assertIsClosed(socket);
				}
				assertThat(this.service.accepted()).isZero();
			}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.server.allowed-clients=dns:other", "mtls.server.allowed-networks=192.0.2.0/24",
			"mtls.server.pins=spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" })
	void sessionWhenRuleOfServerIsNotMetNeverReachesTheTarget(String rule) {
		both(this.files, new String[] { rule }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertIsClosed(socket);
			}
			assertThat(tunnel(server).totalSessions()).isZero();
			assertThat(this.service.accepted()).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "allowed-clients", "allowed-networks" })
	void reloadWhenRuleIsNoLongerMetCutsSessionWithinASecond(String rule) throws IOException {
		boolean names = rule.equals("allowed-clients");
		Path rules = Files.writeString(this.directory.resolve("rules"), names ? "dns:client\n" : "127.0.0.0/8\n");
		both(this.files, new String[] { "mtls.server.%s=file:%s".formatted(rule, rules) }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				Files.writeString(rules, names ? "dns:other\n" : "192.0.2.0/24\n");
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
		});
	}

	@Test
	void reloadWhenAuthorityIsNoLongerTrustedCutsSessionWithinASecond() {
		both((server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				TestAuthority.create().writeTo(this.directory, "ca");
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
		});
	}

	@Test
	void sessionWhenTargetComesUpLaterIsPassedOnByRetries() throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		String[] properties = { "mtls.tunnels.in.target=127.0.0.1:" + port, "mtls.tunnels.in.retry.first-delay=20ms",
				"mtls.tunnels.in.retry.max-delay=100ms" };
		both(this.files, properties, (server, client) -> {
			try (Socket socket = open(client)) {
				send(socket, "hello");
				Awaitility.await().atMost(BOUND).until(() -> tunnel(server).totalSessions() == 1);
				try (ServerSocket late = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
					late.setSoTimeout(10_000);
					try (Socket accepted = late.accept()) {
						accepted.setSoTimeout(10_000);
						assertThat(read(accepted, 5)).isEqualTo("hello");
					}
				}
			}
		});
	}

	@Test
	void stopWhenSessionStandsWaitsForItsEnd() {
		both((server, client) -> {
			try (Socket socket = open(client)) {
				exchange(socket, "hello");
				int port = port(server, "in");
				CompletableFuture<Void> closing = Mono.<Void>fromRunnable(server.getSourceApplicationContext()::close)
					.subscribeOn(Schedulers.boundedElastic())
					.toFuture();
				Awaitility.await().atMost(BOUND).until(() -> !isListening(port));
				assertThat(exchange(socket, "again")).isEqualTo("again");
				assertThat(closing).isNotDone();
				socket.shutdownOutput();
				assertIsClosed(socket);
				closing.get(10, TimeUnit.SECONDS);
			}
		});
	}

	@Test
	void stopWhenShutdownTimeoutIsOverCutsSessions() {
		both(this.files, new String[] { "mtls.tunnels.in.shutdown-timeout=200ms" }, (server, client) -> {
			try (Socket socket = open(client)) {
				exchange(socket, "hello");
				long begun = System.nanoTime();
				server.getSourceApplicationContext().close();
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(200), BOUND);
				assertIsClosed(socket);
			}
		});
	}

	@Test
	void stopWhenShutdownTimeoutIsNotSetIsThatOfSpring() {
		String[] properties = { "spring.lifecycle.timeout-per-shutdown-phase=200ms" };
		both(this.files, properties, (server, client) -> {
			try (Socket socket = open(client)) {
				exchange(socket, "hello");
				long begun = System.nanoTime();
				server.getBean(TunnelLifecycle.class).stop();
				assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(200), BOUND);
				assertIsClosed(socket);
			}
		});
	}

	@Test
	void stopWhenItStartsAgainListensAgain() {
		both((server, client) -> {
			TunnelLifecycle tunnels = server.getBean(TunnelLifecycle.class);
			int port = port(server, "in");
			tunnels.stop();
			assertThat(tunnels.isRunning()).isFalse();
			assertThat(isListening(port)).isFalse();
			tunnels.start();
			assertThat(isListening(port(server, "in"))).isTrue();
		});
	}

	@Test
	void startWhenPortIsInUseFailsAndListensNowhere(CapturedOutput output) throws IOException {
		try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			server()
				.withPropertyValues("mtls.tunnels.used.role=server", "mtls.tunnels.used.target=localhost:9",
						"mtls.tunnels.used.listen=127.0.0.1:" + used.getLocalPort())
				.run((context) -> {
					MtlsException failure = Failures.mtlsException(context.getStartupFailure());
					assertThat(failure.reason()).isEqualTo(Reason.BIND_FAILED);
					assertThat(failure.place()).contains("used", "127.0.0.1:" + used.getLocalPort());
					Matcher started = Pattern.compile("\\[in] Listens at \\S+?:([0-9]+)").matcher(output);
					assertThat(started.find()).isTrue();
					assertThat(isListening(Integer.parseInt(started.group(1)))).isFalse();
				});
		}
	}

	@Test
	void applicationWhenTunnelsListenIsKeptRunning() {
		Set<Thread> others = waiting();
		server().run((context) -> assertThat(waiting()).filteredOn((thread) -> !others.contains(thread))
			.singleElement()
			.satisfies((thread) -> assertThat(thread.isDaemon()).isFalse()));
		Awaitility.await().atMost(BOUND).until(() -> others.containsAll(waiting()));
	}

	private void both(Use use) {
		both(this.files, new String[0], use);
	}

	private void both(MtlsTestFiles files, String[] serverProperties, Use use) {
		server(files).withPropertyValues(serverProperties)
			.run((server) -> client(files, server).run((client) -> use.use(server, client)));
	}

	private static ApplicationContextRunner client(MtlsTestFiles files, ApplicationContext server) {
		return new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.tunnels.out.role=client", "mtls.tunnels.out.listen=127.0.0.1:0",
					"mtls.tunnels.out.target=localhost:" + port(server, "in"), "mtls.tunnels.out.shutdown-timeout=0s",
					"management.endpoints.web.exposure.include=mtlstunnels");
	}

	private ApplicationContextRunner server() {
		return server(this.files);
	}

	private ApplicationContextRunner server(MtlsTestFiles files) {
		return new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.tunnels.in.role=server", "mtls.tunnels.in.listen=127.0.0.1:0",
					"mtls.tunnels.in.target=" + this.service.address(), "mtls.server.allowed-clients=dns:client",
					"mtls.reload.enabled=false", "management.endpoints.web.exposure.include=mtlstunnels");
	}

	private static AutoConfigurations configurations() {
		return AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsTunnelAutoConfiguration.class,
				MtlsTunnelsMetricsAutoConfiguration.class, MtlsTunnelsEndpointAutoConfiguration.class,
				MtlsTunnelsHealthContributorAutoConfiguration.class, EndpointAutoConfiguration.class,
				SslAutoConfiguration.class);
	}

	private static TunnelDescriptor described(ApplicationContext server) {
		return Objects.requireNonNull(server.getBean(TunnelsEndpoint.class).describe().tunnels().get("in"));
	}

	private static RunningTunnel tunnel(ApplicationContext server) {
		return server.getBean(TunnelLifecycle.class).tunnel("in");
	}

	private static int port(ApplicationContext context, String tunnel) {
		String address = context.getBean(TunnelLifecycle.class).tunnel(tunnel).address().toString();
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	private static double bytes(SimpleMeterRegistry registry, String direction) {
		return registry.get("mtls.tunnel.bytes").tags("tunnel", "in", "direction", direction).functionCounter().count();
	}

	private static void assertReset(SimpleMeterRegistry registry, String tunnel) {
		RequiredSearch sessions = registry.get("mtls.tunnel.sessions").tag("tunnel", tunnel);
		Awaitility.await().atMost(BOUND).until(() -> sessions.timers().stream().anyMatch((timer) -> timer.count() > 0));
		assertThat(sessions.timers()).filteredOn((timer) -> timer.count() > 0).singleElement().satisfies((timer) -> {
			assertThat(timer.getId().getTag("end")).isEqualTo("target-reset");
			assertThat(timer.count()).isOne();
			assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isPositive();
		});
	}

	// As a peer is shown it
	private String serialNumber(ApplicationContext server) throws IOException {
		SSLContext context = this.files.authority().client("client").sslContext(this.files.authority());
		try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port(server, "in"))) {
			socket.setSoTimeout(10_000);
			X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
			return certificate.getSerialNumber().toString(16);
		}
	}

	private static Socket open(ApplicationContext client) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(client, "out"));
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static String exchange(Socket socket, String text) throws IOException {
		send(socket, text);
		return read(socket, text.length());
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static String read(Socket socket, int length) throws IOException {
		return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
	}

	private static void assertIsClosed(Socket socket) {
		int read;
		try {
			read = socket.getInputStream().read();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
			return;
		}
		assertThat(read).isEqualTo(-1);
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

	private static Set<Thread> waiting() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("mtls-tunnels"))
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Uses the application with the server tunnel and the one with the client tunnel.
	 */
	@FunctionalInterface
	private interface Use {

		void use(AssertableApplicationContext server, AssertableApplicationContext client) throws Exception;

	}

}
