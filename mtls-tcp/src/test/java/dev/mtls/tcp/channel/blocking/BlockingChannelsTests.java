package dev.mtls.tcp.channel.blocking;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.client.Backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BlockingChannels}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingChannelsTests {

	private static final Backoff SOON = Backoff.fixed(Duration.ofMillis(10));

	private final Ends ends = new Ends();

	@AfterEach
	void close() {
		this.ends.close();
	}

	@Test
	void settingReturnsAnother() {
		BlockingChannels channels = BlockingChannels.unauthenticated();
		BlockingChannels restricted = channels.allowedNetworks("192.0.2.0/24");
		BlockingListener listener = this.ends.echo(Way.KEY_EXCHANGE);
		try (BlockingChannel channel = channels.connect(Ends.target(listener))) {
			assertThat(channel.isOpen()).isTrue();
		}
		assertRefused(() -> restricted.readTimeout(null).connect(Ends.target(listener)), Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void settingOfTcpWhenInMtlsConflicts() {
		BlockingChannels secure = this.ends.clientChannels(Way.KEY_EXCHANGE_IN_MTLS);
		assertRefused(() -> secure.allowedNetworks("127.0.0.0/8"), Reason.CONFIGURATION_CONFLICT);
		assertRefused(() -> secure.connectTimeout(Duration.ofSeconds(1)), Reason.CONFIGURATION_CONFLICT);
	}

	@Test
	void settingWhenOutOfRangeIsRefused() {
		BlockingChannels channels = BlockingChannels.unauthenticated();
		assertRefused(() -> channels.readTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID);
		assertRefused(() -> channels.connectTimeout(Duration.ofMillis(-1)), Reason.CONFIGURATION_INVALID);
		assertRefused(() -> channels.keyExchangeTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID);
		assertRefused(channels::allowedNetworks, Reason.RULES_EMPTY);
		assertRefused(() -> channels.allowedNetworks("localhost"), Reason.RULE_INVALID);
		assertThatIllegalArgumentException().isThrownBy(() -> channels.maxMessageSize(0));
	}

	@Test
	void secureWhenProfileAllowsMoreThanContextConflicts() {
		BlockingChannels channels = BlockingChannels.secure(
				this.ends.closed(Ends.builder(Ends.AUTHORITY.server()).maximumTls("TLSv1.2").build()),
				Ends.SECURE_PROFILE);
		assertRefused(() -> channels.listen("127.0.0.1:0"), Reason.CONFIGURATION_CONFLICT);
		assertRefused(() -> channels.connect("127.0.0.1:1"), Reason.CONFIGURATION_CONFLICT);
	}

	@Test
	void secureWhenWithoutProfileIsAsItsContext() throws Exception {
		BlockingChannels channels = BlockingChannels.secure(this.ends.clientContext());
		try (BlockingChannel channel = channels.connect(Ends.target(this.ends.echo(Way.SECURE)))) {
			channel.send(new byte[1]);
			assertThat(channel.receive()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenNobodyListensFails(Way way) throws Exception {
		BlockingChannels channels = this.ends.clientChannels(way);
		assertRefused(() -> channels.connect("127.0.0.1:" + freePort()), Reason.CONNECT_FAILED);
		assertRefused(() -> channels.connect("no.such.host.invalid:1"), Reason.HOST_UNRESOLVED);
		assertRefused(() -> channels.connect("localhost"), Reason.CONFIGURATION_INVALID);
	}

	@ParameterizedTest
	@EnumSource
	void listenWhenPortIsTakenFails(Way way) {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(way));
		assertRefused(() -> this.ends.serverChannels(way).listen("127.0.0.1:" + listener.port()), Reason.BIND_FAILED);
		assertRefused(() -> this.ends.serverChannels(way).listen("no.such.host.invalid:1"), Reason.HOST_UNRESOLVED);
	}

	@Test
	void connectWhenServerDoesNotExchangeKeysTimesOut() {
		try (PlainServer server = PlainServer.start((socket) -> socket.getOutputStream().write(2))) {
			BlockingChannels channels = BlockingChannels.unauthenticated().keyExchangeTimeout(Duration.ofMillis(100));
			assertRefused(() -> channels.connect("localhost:" + server.port()), Reason.HANDSHAKE_TIMEOUT);
		}
	}

	@Test
	void connectWhenServerSpeaksAnotherProtocolFails() {
		try (PlainServer server = PlainServer.start((socket) -> socket.getOutputStream().write(new byte[100]))) {
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> BlockingChannels.unauthenticated().connect("localhost:" + server.port()))
				.withCauseInstanceOf(ChannelException.class)
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.HANDSHAKE_FAILED);
		}
	}

	@Test
	void connectWhenOtherEndIsPlainInMtlsFails() {
		BlockingListener listener = this.ends.echo(Way.SECURE);
		BlockingChannels channels = this.ends.clientChannels(Way.KEY_EXCHANGE_IN_MTLS);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> channels.connect(Ends.target(listener)));
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenServerComesLaterTriesAgain(Way way) throws Exception {
		int port = freePort();
		Blocked connecting = new Blocked(
				() -> this.ends.closed(this.ends.clientChannels(way).retry(SOON).connect("localhost:" + port)));
		connecting.awaitWaiting();
		this.ends.serve(listenAgain(way, port), Ends::echo);
		BlockingChannel channel = (BlockingChannel) connecting.get();
		channel.send(new byte[] { 8 });
		assertThat(channel.receive()).containsExactly(8);
	}

	@Test
	void connectWhenAttemptsAreUsedUpThrowsLastFailure() throws Exception {
		BlockingChannels channels = BlockingChannels.unauthenticated().retry(SOON.withAttempts(3));
		assertRefused(() -> channels.connect("127.0.0.1:" + freePort()), Reason.CONNECT_FAILED);
	}

	@ParameterizedTest
	@EnumSource
	void stayConnectedWhenServerDiesConnectsToTheNextOne(Way way) throws Exception {
		BlockingListener first = this.ends.echo(way);
		BlockingQueue<Integer> echoed = new LinkedBlockingQueue<>();
		Blocked staying = new Blocked(() -> {
			this.ends.clientChannels(way).retry(SOON).stayConnected(Ends.target(first), (channel) -> {
				channel.send(new byte[] { 1 });
				for (byte[] message = channel.receive(); message != null; message = channel.receive()) {
					echoed.add(1);
				}
			});
			return null;
		});
		assertThat(echoed.poll(Ends.BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
		first.close(Duration.ZERO);
		BlockingListener second = listenAgain(way, first.port());
		this.ends.serve(second, Ends::echo);
		assertThat(echoed.poll(Ends.BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
		staying.interrupt();
		assertThat(staying.failure()).isInstanceOf(InterruptedException.class);
	}

	@ParameterizedTest
	@EnumSource
	void stayConnectedWhenInterruptedClosesChannel(Way way) throws Exception {
		CompletableFuture<BlockingChannel> served = new CompletableFuture<>();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		BlockingListener listener = this.ends.serve(this.ends.serverChannels(way), (channel) -> {
			served.complete(channel);
			ended.complete(channel.receive() == null);
		});
		CompletableFuture<BlockingChannel> connected = new CompletableFuture<>();
		Blocked staying = new Blocked(() -> {
			this.ends.clientChannels(way).stayConnected(Ends.target(listener), (channel) -> {
				connected.complete(channel);
				channel.receive();
			});
			return null;
		});
		BlockingChannel channel = Ends.get(connected);
		Ends.get(served);
		staying.interrupt();
		assertThat(staying.failure()).isInstanceOf(InterruptedException.class);
		assertThat(channel.isOpen()).isFalse();
		assertThat(Ends.get(ended)).isTrue();
	}

	@Test
	void stayConnectedWhenInterruptedWhileItWaitsEnds() throws Exception {
		int port = freePort();
		Blocked staying = new Blocked(() -> {
			BlockingChannels.unauthenticated().stayConnected("127.0.0.1:" + port, Ends::echo);
			return null;
		});
		staying.awaitWaiting();
		staying.interrupt();
		assertThat(staying.failure()).isInstanceOf(InterruptedException.class);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void stayConnectedWhenHandlerEndsOnUnusedChannelsUsesUpAttempts(boolean throwing) {
		int[] calls = { 0 };
		BlockingListener listener = this.ends.echo(Way.KEY_EXCHANGE);
		BlockingChannels channels = BlockingChannels.unauthenticated().retry(SOON.withAttempts(2));
		ThrowingCallable staying = () -> channels.stayConnected(Ends.target(listener), (channel) -> {
			calls[0]++;
			if (throwing) {
				throw new IllegalStateException("Not now");
			}
		});
		assertThatExceptionOfType(Exception.class).isThrownBy(staying)
			.withMessageContaining(throwing ? "Not now" : "has ended");
		assertThat(calls[0]).isEqualTo(3);
	}

	@Test
	void stayConnectedWhenSomethingWasReceivedBeginsAnew() {
		int[] calls = { 0 };
		BlockingListener listener = this.ends.echo(Way.KEY_EXCHANGE);
		BlockingChannels channels = BlockingChannels.unauthenticated().retry(SOON.withAttempts(1));
		ThrowingCallable staying = () -> channels.stayConnected(Ends.target(listener), (channel) -> {
			if (++calls[0] <= 5) {
				channel.send(new byte[1]);
				Objects.requireNonNull(channel.receive());
			}
		});
		assertThatExceptionOfType(Exception.class).isThrownBy(staying);
		assertThat(calls[0]).isEqualTo(6);
	}

	@Test
	void stayConnectedWhenConfigurationIsWrongFailsAtOnce() {
		assertRefused(() -> BlockingChannels.unauthenticated().stayConnected("nowhere", Ends::echo),
				Reason.CONFIGURATION_INVALID);
	}

	@Test
	void stayConnectedWhenHandlerThrowsErrorThrowsIt() {
		BlockingListener listener = this.ends.echo(Way.KEY_EXCHANGE);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> BlockingChannels.unauthenticated().stayConnected(Ends.target(listener), (channel) -> {
				throw new AssertionError("broken");
			}))
			.withMessage("broken");
	}

	// The kernel gives the port back when the thread that accepts has noticed the end
	private BlockingListener listenAgain(Way way, int port) {
		AtomicReference<BlockingListener> listener = new AtomicReference<>();
		Site.await(() -> {
			try {
				listener.set(this.ends.closed(this.ends.serverChannels(way).listen("127.0.0.1:" + port)));
				return true;
			}
			catch (MtlsException ex) {
				return false;
			}
		});
		return Objects.requireNonNull(listener.get());
	}

	private static int freePort() throws Exception {
		try (ServerSocket server = new ServerSocket(0)) {
			return server.getLocalPort();
		}
	}

	private static void assertRefused(ThrowingCallable code, Reason reason) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(code)
			.extracting(MtlsException::reason)
			.isEqualTo(reason);
	}

}
