package dev.mtls.tcp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLSocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.EpollSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is sent to a peer that has closed its output, in TLS and with a FIN, and
 * that is more than the buffers of the sockets hold.
 */
class LongAnswerTests {

	private static final int CHUNK = 64 * 1024;

	private static final int CHUNKS = 256;

	private final Site site = new Site();

	private final CompletableFuture<TcpConnection> waiting = new CompletableFuture<>();

	private final CompletableFuture<Void> begin = new CompletableFuture<>();

	private final CompletableFuture<Socket> below = new CompletableFuture<>();

	private final AtomicInteger sent = new AtomicInteger();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void clientReceivesAllAfterItsFin(TlsEngine engine) throws IOException {
		TcpListener listener = this.site
			.listen(MtlsTcpServer.create(this.site.serverGate()).engine(engine).handle(this::answer));
		try (Socket below = PlainClient.connect(listener.port())) {
			SSLSocket client = PlainClient
				.tls(this.site.authority().client("orders.example.com").sslContext(this.site.authority()), below);
			client.startHandshake();
			assertThat(receiveAfterFin(client, below)).isEqualTo(digestOfChunks());
		}
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void serverReceivesAllAfterItsFin(TlsEngine engine) {
		CompletableFuture<String> received = new CompletableFuture<>();
		try (PlainServer server = PlainServer.start(this.site.authority().server().sslContext(this.site.authority()),
				(tls) -> received.complete(receiveAfterFin((SSLSocket) tls, this.below.join())))) {
			TcpConnection client = Site.get(MtlsTcpClient.create(this.site.clientGate("orders.example.com"))
				.engine(engine)
				.host("localhost")
				.port(server.port())
				.connect());
			this.below.complete(server.accepted().get(0));
			Site.end(answer(client).then(client.closeOutput()));
			assertThat(received.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(digestOfChunks());
			Site.end(client.onClose());
		}
	}

	private Mono<Void> answer(TcpConnection connection) {
		return connection.receive()
			.then(Mono.fromRunnable(() -> this.waiting.complete(connection)))
			.then(Mono.fromFuture(this.begin))
			.then(connection.send(chunks()));
	}

	// Reads nothing before more was sent than the buffers hold
	private String receiveAfterFin(SSLSocket tls, Socket below) throws IOException {
		tls.getOutputStream().write("request".getBytes(StandardCharsets.UTF_8));
		tls.shutdownOutput();
		// It may have followed by itself
		if (!below.isOutputShutdown()) {
			below.shutdownOutput();
		}
		awaitFin(this.waiting.orTimeout(10, TimeUnit.SECONDS).join());
		this.begin.complete(null);
		Site.await(() -> this.sent.get() > 100);
		MessageDigest digest = sha256();
		tls.getInputStream().transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
		return HexFormat.of().formatHex(digest.digest());
	}

	// Other transports are not told while nobody reads
	private static void awaitFin(TcpConnection connection) {
		if (connection.unwrap().channel() instanceof EpollSocketChannel channel) {
			Site.await(channel::isInputShutdown);
		}
	}

	private Flux<ByteBuf> chunks() {
		return Flux.range(0, CHUNKS)
			.doOnNext((index) -> this.sent.incrementAndGet())
			.map((index) -> Unpooled.wrappedBuffer(chunk(index)));
	}

	private static String digestOfChunks() {
		MessageDigest digest = sha256();
		for (int i = 0; i < CHUNKS; i++) {
			digest.update(chunk(i));
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static byte[] chunk(int index) {
		byte[] chunk = new byte[CHUNK];
		Arrays.fill(chunk, (byte) index);
		return chunk;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
