package dev.mtls.tcp.channel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the settings and the warning of an {@link UnauthenticatedChannel}.
 */
@Timeout(60)
class UnauthenticatedChannelTests {

	private static final String WARNING = "Nobody is authenticated here";

	@Test
	void logWarnsOncePerServerAndClientAndTellsNoErrorsOfPeers() throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), LoggedPeers.class.getName())
			.redirectErrorStream(true)
			.start();
		CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
		String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(log).isZero();
		assertThat(log.lines().filter((line) -> line.contains(WARNING))).hasSize(2)
			.allMatch((line) -> line.contains("WARN"))
			.satisfiesExactly((line) -> assertThat(line).contains("[UnauthenticatedChannel at /127.0.0.1:"),
					(line) -> assertThat(line).contains("[UnauthenticatedChannel to 127.0.0.1:"));
		assertThat(log).doesNotContain("ERROR");
	}

	@Test
	void allowedNetworksWhenThereIsNoneFails() {
		assertFails(() -> UnauthenticatedChannel.create().allowedNetworks(), Reason.RULES_EMPTY);
	}

	@Test
	void settingsThatCannotBeAreRefused() {
		UnauthenticatedChannel channel = UnauthenticatedChannel.create();
		assertFails(() -> channel.keyExchangeTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID);
		assertFails(() -> channel.keyExchangeTimeout(Duration.ofMillis(-1)), Reason.CONFIGURATION_INVALID);
		assertFails(() -> channel.drainTime(Duration.ofMillis(-1)), Reason.CONFIGURATION_INVALID);
		MessageServer server = channel.server(Channels.tcpServer());
		MessageClient client = channel.client(Channels.tcpClient(1));
		for (int size : new int[] { Integer.MIN_VALUE, -1, 0, (1 << 30) + 1 }) {
			assertThatIllegalArgumentException().isThrownBy(() -> server.maxMessageSize(size));
			assertThatIllegalArgumentException().isThrownBy(() -> client.maxMessageSize(size));
		}
	}

	@Test
	void toStringOfClientNamesServer() {
		assertThat(UnauthenticatedChannel.create().client(Channels.tcpClient(1)))
			.hasToString("MessageClient[UnauthenticatedChannel to 127.0.0.1:1]");
	}

	@Test
	void clientReceivesAllAfterItsFin() throws Exception {
		CompletableFuture<Channel> accepted = new CompletableFuture<>();
		CompletableFuture<Void> begin = new CompletableFuture<>();
		try (Channels channels = new Channels()) {
			TcpListener listener = channels.listen(UnauthenticatedChannel.create()
				.server(Channels.tcpServer().doOnConnection((connection) -> accepted.complete(connection.channel())))
				.handle((channel) -> channel.receive()
					.then(Mono.fromFuture(begin))
					.then(channel.send(Flux.range(0, 64).map((index) -> new byte[256 * 1024])))));
			try (RawPeer peer = channels.raw(Way.UNAUTHENTICATED, listener)) {
				peer.sendRaw(new byte[Integer.BYTES]);
				peer.finish();
				Channel channel = accepted.orTimeout(10, TimeUnit.SECONDS).join();
				// Other transports are not told while nobody reads
				if (channel instanceof EpollSocketChannel socket) {
					Site.await(socket::isInputShutdown);
				}
				begin.complete(null);
				for (int i = 0; i < 64; i++) {
					assertThat(peer.receive()).as("message %d", i).hasSize(256 * 1024);
				}
				assertThat(peer.receive()).isEqualTo("closed");
			}
		}
	}

	@Test
	void serverAndClientRunOnSharedEventLoops() {
		BlockingQueue<Channel> ends = new LinkedBlockingQueue<>();
		try (Channels channels = new Channels()) {
			TcpListener listener = channels.listen(UnauthenticatedChannel.create()
				.server(Channels.tcpServer().doOnConnection((connection) -> ends.add(connection.channel())))
				.handle((channel) -> channel.send(channel.receive())));
			MessageChannel channel = channels.connect(UnauthenticatedChannel.create()
				.client(Channels.tcpClient(listener.port())
					.doOnConnected((connection) -> ends.add(connection.channel()))));
			assertThat(Channels.exchange(channel, "hello")).isEqualTo("hello");
		}
		assertThat(ends).hasSize(2);
		assertThat(HalfCloseLoops.shared().onServer(true)).containsAll(ends.stream().map(Channel::eventLoop).toList());
	}

	private static void assertFails(ThrowingCallable call, Reason reason) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(call)
			.satisfies((exception) -> assertThat(exception.reason()).isEqualTo(reason));
	}

}
