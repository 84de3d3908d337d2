package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.boot.actuate.TunnelDescriptor;
import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.actuate.TunnelsHealth;
import dev.mtls.boot.metrics.TunnelMetrics;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.tcp.tunnel.SessionEnd;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what tunnels of an application tell operators.
 */
@ExtendWith(OutputCaptureExtension.class)
class TunnelOperationsTests extends AbstractTunnelTests {

	private static final Pattern ENDED = Pattern
		.compile("INFO .*\\[in] Session \\d+ of client \\S+ to target \\S+ with peer client ended after \\d+ ms, "
				+ "with 5 bytes to the target and 5 to the client: complete");

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

}
