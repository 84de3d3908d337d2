package dev.mtls.tcp.channel;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.Site;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what goes through a {@link MessageChannel}, whichever way it is secured.
 */
@Timeout(60)
class MessageChannelTests {

	private static final int BLOCK = 64 * 1024;

	private static final int BLOCKS = 1024;

	private final Channels channels = new Channels();

	@AfterEach
	void close() {
		this.channels.close();
	}

	@ParameterizedTest
	@EnumSource
	void echo(Way way) {
		TcpListener listener = this.channels.echo(way);
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Channels.exchange(channel, "a")).isEqualTo("a");
		Site.end(channel.send(Flux.just("b", "", "c").map(Channels::bytes)));
		assertThat(Site.get(channel.receive().take(3).map(Channels::text).collectList())).containsExactly("b", "", "c");
		channel.close();
		Site.end(channel.onClose());
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void messageOfAnySizeArrivesWhole(Way way) {
		MessageChannel channel = this.channels.connect(way, this.channels.echo(way));
		for (int size : new int[] { 0, 1, 1024, BLOCK, 1024 * 1024, Frames.DEFAULT_MAX_MESSAGE_SIZE, 0 }) {
			byte[] message = block(size, size);
			byte[] answer = Site.get(channel.send(message).then(channel.receive().next()));
			assertThat(Arrays.equals(answer, message)).as("%d bytes", size).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenMessageIsTooLongFailsAndChannelGoesOn(Way way) {
		TcpListener listener = this.channels.listen(way, this.channels::keep);
		MessageChannel channel = this.channels.connect(this.channels.client(way, listener).maxMessageSize(8));
		assertThat(Site.failure(channel.send(new byte[9]))).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("9 bytes")
			.hasMessageContaining("8");
		assertThat(Site.failure(channel.send(Flux.just("a", "too long 1", "b").map(Channels::bytes))))
			.isInstanceOf(IllegalArgumentException.class);
		assertThat(Site.failure(channel.send(Flux.just("too long 2", "c").map(Channels::bytes))))
			.isInstanceOf(IllegalArgumentException.class);
		Site.end(channel.send(Channels.bytes("12345678")));
		assertThat(this.channels.received()).isEqualTo("a");
		assertThat(this.channels.received()).isEqualTo("12345678");
		assertThat(channel.isOpen()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenMessagesFailFailsWithThatAndChannelGoesOn(Way way) {
		MessageChannel channel = this.channels.connect(way, this.channels.echo(way));
		IllegalStateException failure = new IllegalStateException("no more");
		assertThat(Site.failure(channel.send(Flux.just(Channels.bytes("a")).concatWith(Flux.error(failure)))))
			.isSameAs(failure);
		assertThat(Site.failure(channel.send(Mono.error(failure)))).isSameAs(failure);
		assertThat(Site.get(channel.receive().next())).asString().isEqualTo("a");
		assertThat(Channels.exchange(channel, "b")).isEqualTo("b");
	}

	@ParameterizedTest
	@EnumSource
	void messageOfPeerThatIsTooLongResetsConnection(Way way) {
		TcpListener listener = this.channels
			.listen(this.channels.server(way).maxMessageSize(8).handle(this.channels::keep));
		MessageChannel channel = this.channels.connect(way, listener);
		Site.end(channel.send(Channels.bytes("12345678")));
		Site.end(channel.send(Channels.bytes("123456789")));
		assertThat(this.channels.received()).isEqualTo("12345678");
		assertThat(this.channels.received()).contains("ChannelException", "9 bytes", "more than the 8");
		assertThat(Site.failure(channel.receive())).isNotNull();
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenNobodyIsSubscribedLosesNothing(Way way) {
		List<String> expected = IntStream.range(0, 200).mapToObj(String::valueOf).toList();
		TcpListener listener = this.channels.listen(way,
				(channel) -> channel.send(Flux.fromIterable(expected).map(Channels::bytes)));
		MessageChannel channel = this.channels.connect(way, listener);
		List<String> received = new ArrayList<>();
		while (received.size() < 100) {
			received.add(Channels.text(Site.get(channel.receive().next())));
			received.addAll(Site.get(channel.receive().map(Channels::text).take(3).collectList()));
		}
		// More than is asked for goes into a queue, of which another subscriber is served
		received.addAll(Site.get(channel.receive().map(Channels::text).take(60, false).collectList()));
		received.addAll(Site.get(channel.receive().map(Channels::text).collectList()));
		assertThat(received).isEqualTo(expected);
		assertThat(Site.get(channel.receive().count())).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void receiveWithinReceiveGoesOn(Way way) {
		MessageChannel channel = this.channels.connect(way, this.channels.echo(way));
		Site.end(channel.send(Flux.just("a", "b", "c").map(Channels::bytes)));
		Mono<String> next = channel.receive().next().map(Channels::text);
		String all = Site.get(next.flatMap((a) -> next.flatMap((b) -> next.map((c) -> a + b + c))));
		assertThat(all).isEqualTo("abc");
	}

	@ParameterizedTest
	@EnumSource
	void receiveWhenSomebodyReceivesFailsUntilThatIsCancelled(Way way) {
		MessageChannel channel = this.channels.connect(way, this.channels.echo(way));
		AtomicReference<String> first = new AtomicReference<>();
		Disposable receiving = channel.receive().map(Channels::text).subscribe(first::set);
		assertThat(Site.failure(channel.receive())).isInstanceOf(IllegalStateException.class);
		Site.end(channel.send(Channels.bytes("to the first")));
		Site.await(() -> "to the first".equals(first.get()));
		receiving.dispose();
		assertThat(Channels.exchange(channel, "to the second")).isEqualTo("to the second");
		assertThat(first).hasValue("to the first");
	}

	@ParameterizedTest
	@EnumSource
	void sendWhenPeerDoesNotReceiveAsksForNoMoreThanFits(Way way) {
		AtomicInteger sent = new AtomicInteger();
		TcpListener listener = this.channels.listen(way, (channel) -> channel.send(blocks().doOnNext((block) -> {
			assertThat(block).hasSize(BLOCK);
			sent.incrementAndGet();
		})));
		MessageChannel channel = this.channels.connect(way, listener);
		assertThat(Site.get(channel.receive().next())).hasSize(BLOCK);
		awaitStandstill(sent);
		// What the buffers of both sockets take, and some messages
		assertThat(sent).hasValueLessThan(BLOCKS / 2);
		assertThat(Site.get(channel.receive().count())).isEqualTo(BLOCKS - 1);
	}

	@ParameterizedTest
	@EnumSource
	void muchGoesBothWaysAtOnce(Way way) {
		AtomicReference<byte[]> ofServer = new AtomicReference<>();
		TcpListener listener = this.channels.listen(way,
				(channel) -> Mono
					.zip(digest(channel.receive()).doOnNext(ofServer::set), channel.send(blocks()).thenReturn(true))
					.then());
		MessageChannel channel = this.channels.connect(way, listener);
		byte[] ofClient = digest(channel.receive().take(BLOCKS))
			.zipWith(channel.send(blocks()).thenReturn(true), (digest, done) -> digest)
			.block(Duration.ofSeconds(40));
		channel.close();
		Site.await(() -> ofServer.get() != null);
		byte[] expected = digest(blocks()).block();
		assertThat(ofClient).isEqualTo(expected);
		assertThat(ofServer.get()).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource
	void manyClientsAreServedAtOnce(Way way) {
		TcpListener listener = this.channels.echo(way);
		MessageClient client = this.channels.client(way, listener);
		Long answers = Flux.range(0, 64)
			.flatMap((number) -> client.connect().flatMapMany((channel) -> talk(channel, number)), 64)
			.count()
			.block(Duration.ofSeconds(40));
		assertThat(answers).isEqualTo(64 * 50);
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void peerIdentityIsThatOfCertificate(Way way) {
		TcpListener listener = this.channels.listen(way,
				(channel) -> channel.send(Channels.bytes(channel.toString())).then(channel.receive().then()));
		MessageChannel channel = this.channels.connect(way, listener);
		String ofClient = Channels.text(Site.get(channel.receive().next()));
		if (way.hasTls()) {
			assertThat(ofClient).startsWith("MessageChannel[orders.example.com, ");
			assertThat(channel.peerIdentity()).isNotNull()
				.satisfies((identity) -> assertThat(identity.displayName()).isEqualTo("localhost"));
		}
		else {
			assertThat(ofClient).startsWith("MessageChannel[unauthenticated, ");
			assertThat(channel.peerIdentity()).isNull();
		}
		assertThat(channel.remoteAddress().getPort()).isEqualTo(listener.port());
	}

	private static Flux<String> talk(MessageChannel channel, int number) {
		return Flux.range(0, 50)
			.map((i) -> "%d of %d".formatted(i, number))
			.concatMap((text) -> channel.send(Channels.bytes(text))
				.then(channel.receive().next())
				.map(Channels::text)
				.doOnNext((answer) -> assertThat(answer).isEqualTo(text)))
			.doOnComplete(channel::close);
	}

	private static Flux<byte[]> blocks() {
		return Flux.range(0, BLOCKS).map((number) -> block(BLOCK, number));
	}

	private static byte[] block(int size, int number) {
		byte[] block = new byte[size];
		for (int i = 0; i < size; i++) {
			block[i] = (byte) (31 * i + 7 * number + (i >> 8));
		}
		return block;
	}

	private static Mono<byte[]> digest(Flux<byte[]> messages) {
		return messages.reduceWith(MessageChannelTests::sha256, (digest, message) -> {
			digest.update(message);
			return digest;
		}).map(MessageDigest::digest);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// Until it is the same for as long as any message would take
	private static void awaitStandstill(AtomicInteger count) {
		int[] last = { -1 };
		long[] since = { System.nanoTime() };
		Site.await(() -> {
			if (count.get() != last[0]) {
				last[0] = count.get();
				since[0] = System.nanoTime();
			}
			return System.nanoTime() - since[0] > Duration.ofMillis(500).toNanos();
		});
	}

}
