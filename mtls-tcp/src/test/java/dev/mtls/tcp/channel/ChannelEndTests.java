package dev.mtls.tcp.channel;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.Site;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how channels end, by the will of one side or of somebody in between.
 */
@Timeout(60)
class ChannelEndTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private final Channels channels = new Channels();

	@AfterEach
	void close() {
		this.channels.close();
	}

	@ParameterizedTest
	@EnumSource
	void receiveCompletesWhenClientCloses(Way way) {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		MessageChannel channel = this.channels.connect(way, listener);
		Site.end(channel.send(Channels.bytes("all")));
		channel.close();
		assertThat(this.channels.received()).isEqualTo("all");
		assertThat(this.channels.received()).isEqualTo("complete");
		assertThat(Site.get(channel.receive().count())).isZero();
		Site.end(channel.onClose());
		assertThat(channel.isOpen()).isFalse();
		assertThat(Site.failure(channel.send(Channels.bytes("more")))).isNotNull();
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveCompletesAfterAllThatServerSentBeforeItClosed(Way way) {
		List<String> expected = IntStream.range(0, 100).mapToObj(String::valueOf).toList();
		TcpListener listener = this.channels.listen(way,
				(channel) -> channel.send(Flux.fromIterable(expected).map(Channels::bytes)));
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Site.get(channel.receive().map(Channels::text).limitRate(1).collectList())).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource
	void receiveFailsWhenClientResets(Way way) {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		MessageChannel channel = this.channels.connect(way, listener);
		Site.end(channel.send(Channels.bytes("a part")));
		assertThat(this.channels.received()).isEqualTo("a part");
		channel.reset();
		assertThat(this.channels.received()).contains("Exception");
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveFailsWhenHandlerOfServerFails(Way way) {
		TcpListener listener = this.channels.listen(way, (channel) -> channel.send(channel.receive().take(1))
			.then(Mono.error(new IOException("the work is not done"))));
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Channels.exchange(channel, "a part")).isEqualTo("a part");
		assertThat(Site.failure(channel.receive())).isInstanceOf(IOException.class);
		Site.end(channel.onClose());
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveFailsWhenHandlerOfServerThrows(Way way) {
		TcpListener listener = this.channels.listen(way, (channel) -> {
			throw new IllegalStateException("a handler that does not work");
		});
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Site.failure(channel.receive())).isInstanceOf(IOException.class);
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveFailsWhenPeerEndsWithinFrame(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		int length = "a message that is cut".length() + (way.exchangesKeys() ? 32 : 4);
		for (int cut : new int[] { 1, 3, 4, 5, length - 1 }) {
			try (RawPeer peer = this.channels.raw(way, listener)) {
				peer.send("whole");
				peer.sendRaw(Arrays.copyOf(peer.frame("a message that is cut"), cut));
				peer.endOutput();
				assertThat(this.channels.received()).isEqualTo("whole");
				assertThat(this.channels.received()).as("after %d bytes", cut)
					.contains("ChannelException")
					.contains(way.hasTls() ? "within a message" : "had not closed");
				peer.countUntilEnd();
			}
		}
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveFailsWhenTcpEndsAndPeerDidNotClose(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		try (RawPeer peer = this.channels.raw(way, listener)) {
			peer.send("whole");
			peer.finish();
			assertThat(this.channels.received()).isEqualTo("whole");
			assertThat(this.channels.received()).contains(way.hasTls() ? "close_notify" : "had not closed the channel");
			Site.await(() -> listener.connections() == 0);
		}
	}

	@ParameterizedTest
	@EnumSource(names = "SECURE", mode = EnumSource.Mode.EXCLUDE)
	void receiveCompletesAtEmptyLengthAndNothingBehindIsRead(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way,
				(channel) -> this.channels.keep(channel).then(channel.send(Channels.bytes("answer"))));
		try (RawPeer peer = this.channels.raw(way, listener)) {
			byte[] all = peer.frame("all");
			// The end, and what is no frame, in the same piece
			peer.sendRaw(Arrays.copyOf(all, all.length + 4 + 100));
			assertThat(this.channels.received()).isEqualTo("all");
			assertThat(this.channels.received()).isEqualTo("complete");
			assertThat(peer.receive()).isEqualTo("answer");
			assertThat(peer.receive()).isEqualTo("closed");
			peer.countUntilEnd();
		}
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource(names = "SECURE", mode = EnumSource.Mode.EXCLUDE)
	void channelThatIsClosedEndsWithEmptyLength(Way way) throws IOException {
		TcpListener listener = this.channels.listen(way, (channel) -> channel.send(Channels.bytes("bye")));
		try (RawPeer peer = this.channels.raw(way, listener)) {
			assertThat(peer.receive()).isEqualTo("bye");
			assertThat(peer.receive()).isEqualTo("closed");
		}
	}

	@ParameterizedTest
	@EnumSource
	void serverThatIsClosedLetsHandlersEndTheirWork(Way way) {
		TcpListener listener = this.channels.listen(way,
				(channel) -> channel.send(channel.receive()
					.takeUntilOther(channel.onShutdown())
					.concatWith(Mono.just(Channels.bytes("good bye")))));
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Channels.exchange(channel, "ping")).isEqualTo("ping");
		Mono<Void> closed = listener.close(Duration.ofSeconds(30));
		Mono<List<String>> received = channel.receive().map(Channels::text).collectList();
		assertThat(Site.get(closed.materialize().zipWith(received.doFinally((signal) -> channel.close()))).getT2())
			.containsExactly("good bye");
	}

	@ParameterizedTest
	@EnumSource
	void serverThatIsClosedCutsChannelsThatGoOnAfterDrainTime(Way way) {
		TcpListener listener = this.channels.echo(way);
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Channels.exchange(channel, "ping")).isEqualTo("ping");
		Site.end(listener.close(SHORT));
		assertThat(Site.failure(channel.receive())).isInstanceOf(IOException.class);
		assertThat(listener.connections()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void receiveThatIsCancelledLeavesChannelOpen(Way way) {
		TcpListener listener = this.channels.echo(way);
		MessageChannel[] kept = new MessageChannel[1];
		String first = Site.get(this.channels.client(way, listener).connect().flatMapMany((channel) -> {
			kept[0] = channel;
			return channel.send(Flux.just("a", "b").map(Channels::bytes)).thenMany(channel.receive());
		}).map(Channels::text).next());
		assertThat(first).isEqualTo("a");
		assertThat(Site.get(kept[0].receive().next())).asString().isEqualTo("b");
		assertThat(Channels.exchange(kept[0], "c")).isEqualTo("c");
		kept[0].close();
	}

	@ParameterizedTest
	@EnumSource
	void stayConnectedThatIsCancelledClosesChannel(Way way) {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		Disposable staying = this.channels.client(way, listener)
			.retry(Backoff.fixed(SHORT))
			.stayConnected((channel) -> channel.send(Channels.bytes("here")).then(channel.receive().then()))
			.subscribe();
		assertThat(this.channels.received()).isEqualTo("here");
		staying.dispose();
		assertThat(this.channels.received()).isEqualTo("complete");
		Site.await(() -> listener.connections() == 0);
	}

	@Test
	void readTimeoutResetsChannelOfPeerThatSendsNothing() {
		TcpListener listener = listen(new TcpTimeouts(SHORT, null, null), this.channels::keep);
		MessageChannel channel = this.channels.connect(Way.UNAUTHENTICATED, listener);
		assertThat(this.channels.received()).contains("SocketTimeoutException", "The peer sent nothing");
		assertThat(Site.failure(channel.receive())).isInstanceOf(IOException.class);
		Site.await(() -> listener.connections() == 0);
	}

	@Test
	void writeTimeoutResetsChannelOfPeerThatReadsNothing() throws IOException {
		TcpListener listener = listen(new TcpTimeouts(null, SHORT, null), (channel) -> Mono
			.when(channel.send(Flux.generate((sink) -> sink.next(new byte[65_536]))), this.channels.keep(channel)));
		try (RawPeer peer = this.channels.raw(Way.UNAUTHENTICATED, listener)) {
			assertThat(this.channels.received()).contains("SocketTimeoutException", "took nothing");
			Site.await(() -> listener.connections() == 0);
			assertThat(peer.countUntilEnd()).isPositive();
		}
	}

	@Test
	void idleTimeoutResetsChannelOverWhichNothingGoes() {
		TcpListener listener = listen(new TcpTimeouts(null, null, SHORT), this.channels::keep);
		MessageChannel channel = this.channels.connect(Way.UNAUTHENTICATED, listener);
		// Longer than the timeout in all
		Flux.interval(SHORT.dividedBy(3)).take(6).concatMap((i) -> channel.send(Channels.bytes("x"))).blockLast();
		for (int i = 0; i < 6; i++) {
			assertThat(this.channels.received()).isEqualTo("x");
		}
		assertThat(this.channels.received()).contains("SocketTimeoutException", "in either direction");
		Site.await(() -> listener.connections() == 0);
	}

	private TcpListener listen(TcpTimeouts timeouts, MessageHandler handler) {
		return this.channels
			.listen(UnauthenticatedChannel.create().timeouts(timeouts).server(Channels.tcpServer()).handle(handler));
	}

}
