package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.channel.frame.Frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BlockingChannel}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingChannelTests {

	private static final int MIB = 1024 * 1024;

	private final Ends ends = new Ends();

	private final Random random = new Random(10);

	@AfterEach
	void close() {
		this.ends.close();
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenSentReturnsMessage(Way way) throws Exception {
		BlockingChannel channel = this.ends.connect(way, this.ends.echo(way));
		for (int size : new int[] { 0, 1, 1023, 8192, 65_535, 65_536, 65_537, 200_000, MIB }) {
			byte[] message = bytes(size);
			channel.send(message);
			assertThat(channel.receive()).isEqualTo(message);
		}
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenManyClientsReturnsEachItsOwn(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		List<Future<Integer>> clients = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			int number = i;
			clients.add(this.ends.start(() -> exchange(way, listener, number)));
		}
		for (Future<Integer> client : clients) {
			assertThat(Ends.get(client)).isEqualTo(50);
		}
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenPeerSendsAtTheSameTimeBlocksNeither(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		byte[] message = bytes(MIB);
		Future<Integer> toServer = this.ends.start(() -> sendAll(pair.client(), message));
		Future<Integer> toClient = this.ends.start(() -> sendAll(pair.server(), message));
		Future<Integer> atClient = this.ends.start(() -> receiveAll(pair.client(), message));
		assertThat(receiveAll(pair.server(), message)).isEqualTo(64);
		assertThat(Ends.get(atClient)).isEqualTo(64);
		assertThat(Ends.get(toServer)).isEqualTo(64);
		assertThat(Ends.get(toClient)).isEqualTo(64);
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenByManyThreadsKeepsMessagesWhole(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		List<Future<Integer>> senders = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			byte[] message = new byte[40_000];
			Arrays.fill(message, (byte) i);
			senders.add(this.ends.start(() -> sendAll(pair.client(), message)));
		}
		for (int i = 0; i < 8 * 64; i++) {
			byte[] message = Objects.requireNonNull(pair.server().receive());
			assertThat(message).hasSize(40_000).containsOnly(message[0]);
		}
		for (Future<Integer> sender : senders) {
			assertThat(Ends.get(sender)).isEqualTo(64);
		}
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenPeerClosesReturnsNullAgainAndAgain(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		pair.client().send(new byte[] { 7 });
		pair.client().close();
		assertThat(pair.server().receive()).containsExactly(7);
		assertThat(pair.server().receive()).isNull();
		assertThat(pair.server().receive()).isNull();
		assertThat(pair.server().isOpen()).isTrue();
		assertThat(pair.client().isOpen()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenAnotherThreadReceivesEndsIt(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		Blocked receiving = new Blocked(pair.client()::receive);
		receiving.awaitRunning();
		pair.client().close();
		assertThat(receiving.failure()).isInstanceOf(SocketException.class).hasMessage("The channel is closed");
		assertThat(pair.server().receive()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenAnotherThreadSendsEndsItWithinASecond(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		Blocked sending = new Blocked(() -> sendAll(pair.client(), bytes(MIB)));
		sending.awaitStuck();
		long begun = System.nanoTime();
		pair.client().close();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
		assertThat(sending.failure()).isInstanceOf(SocketException.class).hasMessage("The channel is closed");
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenSomethingIsUnreadLosesNothingThatWasSent(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		pair.server().send(bytes(100_000));
		byte[] message = bytes(MIB);
		Future<Integer> closing = this.ends.start(() -> {
			int sent = sendAll(pair.client(), message);
			pair.client().close();
			return sent;
		});
		assertThat(receiveAll(pair.server(), message)).isEqualTo(64);
		assertThat(pair.server().receive()).isNull();
		assertThat(Ends.get(closing)).isEqualTo(64);
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenClosedMakesEveryUseFail(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		pair.client().close();
		pair.client().close();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> pair.client().send(new byte[1]));
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> pair.client().receive());
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenTooLongIsRefusedAndGoesOn(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(this.ends.serverChannels(way).maxMessageSize(100),
				this.ends.clientChannels(way).maxMessageSize(100));
		assertThatIllegalArgumentException().isThrownBy(() -> pair.client().send(new byte[101]));
		pair.client().send(new byte[100]);
		assertThat(pair.server().receive()).hasSize(100);
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenDefaultMaximumIsExceededIsRefused(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> pair.client().send(new byte[Frames.DEFAULT_MAX_MESSAGE_SIZE + 1]));
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenNothingComesTimesOutAndGoesOn(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(this.ends.serverChannels(way).readTimeout(Duration.ofMillis(50)),
				this.ends.clientChannels(way));
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> pair.server().receive());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> pair.server().receive());
		pair.client().send(new byte[] { 3 });
		assertThat(pair.server().receive()).containsExactly(3);
	}

	@ParameterizedTest
	@EnumSource
	void peerIdentityTellsWhoThePeerIs(Way way) throws Exception {
		Ends.Pair pair = this.ends.pair(way);
		PeerIdentity identity = pair.server().peerIdentity();
		if (way == Way.KEY_EXCHANGE) {
			assertThat(identity).isNull();
		}
		else {
			assertThat(Objects.requireNonNull(identity).displayName()).isEqualTo("alice.example.com");
		}
		assertThat(pair.server().remoteAddress().getAddress().isLoopbackAddress()).isTrue();
	}

	@Test
	void toStringShowsPeerAfterClosing() throws Exception {
		Ends.Pair pair = this.ends.pair(Way.KEY_EXCHANGE);
		pair.client().close();
		assertThat(pair.client()).hasToString("BlockingChannel[%s]".formatted(pair.client().remoteAddress()));
	}

	private int exchange(Way way, BlockingListener listener, int number) throws IOException {
		try (BlockingChannel channel = this.ends.clientChannels(way).connect(Ends.target(listener))) {
			int count = 0;
			for (int i = 0; i < 50; i++) {
				byte[] message = { (byte) number, (byte) i };
				channel.send(message);
				count += Arrays.equals(message, channel.receive()) ? 1 : 0;
			}
			return count;
		}
	}

	private static int sendAll(BlockingChannel channel, byte[] message) throws IOException {
		for (int i = 0; i < 64; i++) {
			channel.send(message);
		}
		return 64;
	}

	private static int receiveAll(BlockingChannel channel, byte[] message) throws IOException {
		int count = 0;
		for (int i = 0; i < 64; i++) {
			count += Arrays.equals(message, channel.receive()) ? 1 : 0;
		}
		return count;
	}

	private byte[] bytes(int size) {
		byte[] bytes = new byte[size];
		this.random.nextBytes(bytes);
		return bytes;
	}

}
