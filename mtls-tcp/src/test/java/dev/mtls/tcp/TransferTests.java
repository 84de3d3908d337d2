package dev.mtls.tcp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how much goes over connections, and how many of them there are.
 */
class TransferTests {

	private static final int CHUNK = 64 * 1024;

	private static final long MUCH = 64L * 1024 * 1024;

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,NATIVE", "JDK,JDK" })
	void muchGoesBothWaysAtOnce(TlsEngine serverEngine, TlsEngine clientEngine) {
		CompletableFuture<String> atServer = new CompletableFuture<>();
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(serverEngine)
			.handle((connection) -> connection.send(chunks(2))
				.then(connection.closeOutput())
				.and(digest(connection).doOnNext(atServer::complete).doOnError(atServer::completeExceptionally))));
		TcpConnection client = Site
			.get(this.site.client(listener, "orders.example.com").engine(clientEngine).connect());
		String atClient = both(digest(client), client.send(chunks(1)).then(client.closeOutput()));
		assertThat(atClient).isEqualTo(digestOfChunks(2));
		assertThat(atServer.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(digestOfChunks(1));
		Site.end(client.onClose());
	}

	@ParameterizedTest
	@EnumSource
	void singleBytesArriveInOrder(TlsEngine engine) {
		int count = 10_000;
		TcpListener listener = this.site.echo(engine);
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		Mono<byte[]> echoed = client.receive().aggregate().asByteArray();
		Mono<Void> sent = client
			.send(Flux.range(0, count).map((i) -> Unpooled.wrappedBuffer(new byte[] { (byte) i.intValue() })))
			.then(client.closeOutput());
		byte[] received = both(echoed, sent);
		assertThat(received).hasSize(count);
		for (int i = 0; i < count; i++) {
			assertThat(received[i]).isEqualTo((byte) i);
		}
	}

	@ParameterizedTest
	@EnumSource
	void senderWaitsForReceiver(TlsEngine engine) {
		AtomicLong asked = new AtomicLong();
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.handle((connection) -> connection.send(chunks(1).doOnNext((chunk) -> asked.addAndGet(CHUNK)))
				.then(connection.closeOutput())
				.then(connection.receive().then())));
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		Slow slow = new Slow();
		client.receive().doOnNext(slow::count).subscribe(slow);
		slow.request(1);
		// What the sockets and the queues take is a small part of it
		long standing = awaitStanding(asked);
		assertThat(standing).isPositive().isLessThan(MUCH / 2);
		slow.request(Long.MAX_VALUE);
		Site.await(() -> slow.received.get() == MUCH, BOUND);
		assertThat(asked).hasValue(MUCH);
		client.close();
	}

	@ParameterizedTest
	@EnumSource
	void manyConnectionsStandAtOnce(TlsEngine engine) {
		int count = 500;
		TcpListener listener = this.site.echo(engine);
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		List<TcpConnection> connections = new ArrayList<>(
				Flux.range(0, count).flatMap((i) -> client.connect(), 50).collectList().block(BOUND));
		assertThat(connections).hasSize(count);
		Site.await(() -> listener.connections() == count);
		List<Received> received = connections.stream().map(Received::new).toList();
		for (int i = 0; i < count; i++) {
			Site.end(Site.send(connections.get(i), "I am " + i));
		}
		for (int i = 0; i < count; i++) {
			received.get(i).await("I am " + i);
		}
		connections.forEach(TcpConnection::close);
		Site.await(() -> listener.connections() == 0);
	}

	private static <T> T both(Mono<T> received, Mono<Void> sent) {
		return Objects.requireNonNull(Mono.zip(received, sent.thenReturn(true)).block(BOUND)).getT1();
	}

	private static long awaitStanding(AtomicLong asked) {
		long[] last = { -1, System.nanoTime() };
		Site.await(() -> {
			long now = asked.get();
			if (now != last[0]) {
				last[0] = now;
				last[1] = System.nanoTime();
			}
			return System.nanoTime() - last[1] > Duration.ofMillis(500).toNanos();
		});
		return last[0];
	}

	private static Flux<ByteBuf> chunks(int seed) {
		return Flux.defer(() -> {
			Random random = new Random(seed);
			return Flux.range(0, (int) (MUCH / CHUNK)).map((i) -> Unpooled.wrappedBuffer(chunk(random)));
		});
	}

	private static byte[] chunk(Random random) {
		byte[] chunk = new byte[CHUNK];
		random.nextBytes(chunk);
		return chunk;
	}

	private static Mono<String> digest(TcpConnection connection) {
		return Mono.defer(() -> {
			MessageDigest digest = sha256();
			return connection.receive()
				.doOnNext((bytes) -> digest.update(bytes.nioBuffer()))
				.then(Mono.fromSupplier(() -> HexFormat.of().formatHex(digest.digest())));
		});
	}

	private static String digestOfChunks(int seed) {
		MessageDigest digest = sha256();
		Random random = new Random(seed);
		for (long sent = 0; sent < MUCH; sent += CHUNK) {
			digest.update(chunk(random));
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Asks for as much as it is told to.
	 */
	private static final class Slow extends BaseSubscriber<ByteBuf> {

		private final AtomicLong received = new AtomicLong();

		private void count(ByteBuf bytes) {
			this.received.addAndGet(bytes.readableBytes());
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Nothing yet
		}

	}

}
