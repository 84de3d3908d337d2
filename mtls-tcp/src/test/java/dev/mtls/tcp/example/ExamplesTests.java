package dev.mtls.tcp.example;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.mtls.socket.MtlsContext;
import dev.mtls.socket.MtlsListener;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the examples.
 */
class ExamplesTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path pki;

	@SuppressWarnings("NullAway.Init")
	private MtlsContext server;

	@SuppressWarnings("NullAway.Init")
	private MtlsContext client;

	@BeforeEach
	void open() {
		this.authority.writeTo(this.pki, "ca");
		this.authority.server().writeTo(this.pki, "server");
		TestCertificate orders = this.authority.client("orders.example.com");
		this.server = BlockingEcho.server(this.pki.toString());
		this.client = MtlsContext.builder()
			.certificate(orders.chainPem())
			.privateKey(orders.privateKeyPem())
			.trustCertificates(this.authority.anchorPem())
			.build();
	}

	@AfterEach
	void close() {
		this.server.close();
		this.client.close();
		this.threads.shutdownNow();
	}

	@Test
	void blockingEcho() throws IOException {
		CompletableFuture<Void> serving;
		try (MtlsListener listener = this.server.listen("127.0.0.1:0")) {
			serving = CompletableFuture.runAsync(() -> BlockingEcho.serve(listener), this.threads);
			assertThat(BlockingEcho.ask(this.client, "localhost:" + listener.port(), "hello")).isEqualTo("hello");
		}
		assertThat(serving).succeedsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void asynchronousEcho() {
		try (MtlsListener listener = this.server.listen("127.0.0.1:0")) {
			CompletableFuture<Void> served = AsynchronousEcho.serveOne(listener, this.threads);
			assertThat(AsynchronousEcho.ask(this.client, "localhost:" + listener.port(), "hello", this.threads))
				.succeedsWithin(10, TimeUnit.SECONDS)
				.isEqualTo("hello");
			assertThat(served).succeedsWithin(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void reactiveEcho() {
		TcpListener listener = ReactiveEcho.serve(this.server);
		assertThat(Site.get(ReactiveEcho.ask(this.client, listener.port(), "hello"))).isEqualTo("hello");
		Site.end(listener.close());
	}

	@Test
	void lengthPrefixed() {
		TcpListener listener = LengthPrefixed.server(this.server.serverGate()).host("127.0.0.1").bindNow();
		MtlsTcpClient client = LengthPrefixed.client(this.client.clientGate()).port(listener.port());
		assertThat(Site.get(LengthPrefixed.greet(client, Flux.just("Ada", "Grace")).collectList()))
			.isEqualTo(List.of("Hello Ada", "Hello Grace"));
		Site.end(listener.close());
	}

	@Test
	void gracefulShutdown() throws InterruptedException {
		CountDownLatch ticking = new CountDownLatch(1);
		TcpListener listener = GracefulShutdown.server(this.server.serverGate()).host("127.0.0.1").bindNow();
		Mono<String> ticks = MtlsTcpClient.create(this.client.clientGate())
			.port(listener.port())
			.connect()
			.flatMap((connection) -> connection.receive()
				.asString()
				.doOnNext((tick) -> ticking.countDown())
				.collectList())
			.map((received) -> String.join("", received));
		CompletableFuture<String> received = ticks.toFuture();
		assertThat(ticking.await(10, TimeUnit.SECONDS)).isTrue();
		Mono.fromRunnable(() -> GracefulShutdown.shutDown(listener))
			.subscribeOn(Schedulers.boundedElastic())
			.block(Duration.ofSeconds(10));
		assertThat(received).succeedsWithin(10, TimeUnit.SECONDS)
			.satisfies((text) -> assertThat(text).endsWith("bye\n"));
	}

	@Test
	void pooling() {
		TcpListener listener = LengthPrefixed.server(this.server.serverGate()).host("127.0.0.1").bindNow();
		try (MtlsTcpPool pool = Pooling.pool(LengthPrefixed.client(this.client.clientGate()).port(listener.port()))) {
			for (int i = 0; i < 10; i++) {
				assertThat(Site.get(Pooling.ask(pool, "Ada"))).isEqualTo("Hello Ada");
			}
			assertThat(listener.connections()).isEqualTo(1);
		}
		Site.end(listener.close());
	}

	@Test
	void jdkHttps() throws Exception {
		HttpsServer https = JdkHttps.serve(this.server);
		try {
			assertThat(JdkHttps.ask(this.client, https.getAddress().getPort())).isEqualTo(204);
		}
		finally {
			https.stop(0);
		}
	}

}
