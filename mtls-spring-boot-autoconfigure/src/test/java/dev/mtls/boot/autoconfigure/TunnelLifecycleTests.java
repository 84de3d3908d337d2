package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the start and stop of tunnels of an application.
 */
@ExtendWith(OutputCaptureExtension.class)
class TunnelLifecycleTests extends AbstractTunnelTests {

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

}
