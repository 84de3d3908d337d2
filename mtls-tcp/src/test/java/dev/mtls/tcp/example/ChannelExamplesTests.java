package dev.mtls.tcp.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.channel.MessageChannel;
import dev.mtls.tcp.channel.SecureChannel;
import dev.mtls.tcp.channel.blocking.BlockingListener;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the examples of channels.
 */
@Timeout(60)
class ChannelExamplesTests {

	private static final List<String> FIVE = IntStream.rangeClosed(1, 5).mapToObj((i) -> "message " + i).toList();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final TestAuthority authority = TestAuthority.create();

	private final MtlsContext server = context(this.authority.server());

	private final MtlsContext client = context(this.authority.client("orders.example.com"));

	@AfterEach
	void close() {
		this.server.close();
		this.client.close();
		this.threads.shutdownNow();
	}

	@Test
	void channelEcho() {
		TcpListener listener = ChannelEcho.serve(this.server);
		assertThat(five(ChannelEcho.sendFive(this.client, listener.port()))).isEqualTo(FIVE);
		assertClosed(listener);
	}

	@Test
	void blockingChannelEcho() throws IOException {
		CompletableFuture<Void> serving;
		try (BlockingListener listener = BlockingChannelEcho.listen(this.server)) {
			serving = CompletableFuture.runAsync(() -> BlockingChannelEcho.serve(listener), this.threads);
			assertThat(BlockingChannelEcho.sendFive(this.client, "localhost:" + listener.port())).isEqualTo(FIVE);
		}
		assertThat(serving).succeedsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void unauthenticatedEcho() {
		TcpListener listener = UnauthenticatedEcho.serve();
		assertThat(five(UnauthenticatedEcho.sendFive(listener.port()))).isEqualTo(FIVE);
		assertClosed(listener);
	}

	@Test
	void unauthenticatedEchoInsideTls() {
		TcpListener listener = UnauthenticatedEcho.serveInside(this.server);
		MessageChannel channel = Site.get(UnauthenticatedEcho.clientInside(this.client, listener.port()).connect());
		Site.end(channel.send("hello".getBytes(StandardCharsets.UTF_8)));
		assertThat(Site.get(channel.receive().next())).asString(StandardCharsets.UTF_8).isEqualTo("hello");
		assertThat(channel.peerIdentity()).isNotNull();
		channel.close();
		assertClosed(listener);
	}

	@Test
	void stayConnected() {
		Sinks.Many<String> answers = Sinks.many().replay().all();
		TcpListener listener = SecureChannel
			.server(MtlsTcpServer.create(this.server.serverGate()).host("127.0.0.1").port(0))
			.handle((channel) -> channel.send("hello".getBytes(StandardCharsets.UTF_8))
				.then(channel.receive().next())
				.doOnNext((answer) -> answers.tryEmitNext(new String(answer, StandardCharsets.UTF_8)))
				.then())
			.bindNow();
		Disposable staying = UnauthenticatedEcho
			.stayConnected(SecureChannel
				.client(MtlsTcpClient.create(this.client.clientGate()).host("localhost").port(listener.port())))
			.subscribe();
		// The server closes each channel after one answer
		assertThat(five(answers.asFlux())).hasSize(5).containsOnly("hello");
		staying.dispose();
		assertClosed(listener);
	}

	private static List<String> five(Flux<String> texts) {
		return Site.get(texts.take(5).collectList());
	}

	private static void assertClosed(TcpListener listener) {
		Site.await(() -> listener.connections() == 0);
		Site.end(listener.close(Duration.ZERO).then(Mono.empty()));
	}

	private MtlsContext context(TestCertificate certificate) {
		return MtlsContext.builder()
			.certificate(certificate.chainPem())
			.privateKey(certificate.privateKeyPem())
			.trustCertificates(this.authority.anchorPem())
			.build();
	}

}
