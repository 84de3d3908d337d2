package dev.mtls.tcp.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLException;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.Received;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TcpListener}.
 */
class TcpListenerTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void closeTellsHandlersAndWaitsForTheirEnd(TlsEngine engine) throws InterruptedException {
		CountDownLatch told = new CountDownLatch(1);
		AtomicInteger handled = new AtomicInteger();
		TcpListener listener = listen(engine, (connection) -> {
			handled.incrementAndGet();
			return connection.onShutdown()
				.doOnSuccess((ignored) -> told.countDown())
				.then(Site.send(connection, "the end"));
		});
		Received received = new Received(connect(listener, engine));
		Site.await(() -> handled.get() == 1);
		assertThat(told.await(50, TimeUnit.MILLISECONDS)).isFalse();
		Site.end(listener.close(LONG));
		assertThat(told.getCount()).isZero();
		assertThat(received.end()).isNull();
		assertThat(received.text()).isEqualTo("the end");
		assertThat(listener.connections()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void closeCutsWhatIsLeftWhenDrainTimeIsOver(TlsEngine engine) {
		AtomicInteger handled = new AtomicInteger();
		TcpListener listener = listen(engine, (connection) -> {
			handled.incrementAndGet();
			return Mono.never();
		});
		Received received = new Received(connect(listener, engine));
		Site.await(() -> handled.get() == 1);
		Duration drain = Duration.ofMillis(500);
		long begin = System.nanoTime();
		Disposable closing = listener.close(drain).subscribe();
		Site.await(() -> isFree(listener.port()));
		assertThat(received.isEnded()).isFalse();
		Site.end(listener.onClose());
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(drain, Duration.ofSeconds(5));
		assertThat(received.end()).isNotNull();
		assertThat(closing.isDisposed()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void closeCutsHandshakesAtOnce(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, (connection) -> Mono.never());
		try (Socket silent = PlainClient.connect(listener.port())) {
			Site.await(() -> listener.connections() == 1);
			Site.end(listener.close(LONG));
			assertThat(PlainClient.countUntilEnd(silent)).isZero();
		}
	}

	@Test
	void closeTwiceWaitsForTheSameEnd() {
		TcpListener listener = listen(TlsEngine.preferred(), (connection) -> Mono.never());
		connect(listener, TlsEngine.preferred());
		Mono<Void> first = listener.close(Duration.ofMillis(200));
		first.subscribe();
		Site.end(listener.close());
		assertThat(listener.connections()).isZero();
	}

	@Test
	void portIsFreeAfterClose() {
		TcpListener listener = this.site.echo(TlsEngine.preferred());
		int port = listener.port();
		Site.end(listener.close());
		TcpListener again = this.site
			.listen(MtlsTcpServer.create(this.site.serverGate()).port(port).handle(Site::echo));
		assertThat(again.port()).isEqualTo(port);
		TcpConnection connection = connect(again, TlsEngine.preferred());
		assertThat(Site.exchange(connection, "ping")).isEqualTo("ping");
		connection.close();
	}

	@Test
	void bindWhenPortIsTakenFails() {
		TcpListener listener = this.site.echo(TlsEngine.preferred());
		MtlsTcpServer server = MtlsTcpServer.create(this.site.serverGate())
			.name("mtls.tcp.servers.echo")
			.host("127.0.0.1")
			.port(listener.port());
		assertThatExceptionOfType(MtlsException.class).isThrownBy(server::bindNow).satisfies((exception) -> {
			assertThat(exception.reason()).isEqualTo(Reason.BIND_FAILED);
			assertThat(exception.place()).isEqualTo("mtls.tcp.servers.echo: 127.0.0.1:" + listener.port());
			assertThat(exception.problem()).contains("in use");
		});
	}

	@Test
	void bindWhenTlsIsCustomizedFails() throws SSLException {
		TestCertificate certificate = this.site.authority().server();
		SslContext context = SslContextBuilder.forServer(certificate.privateKey(), certificate.certificate()).build();
		MtlsTcpServer server = MtlsTcpServer.create(this.site.serverGate())
			.customize((tcp) -> tcp.secure((ssl) -> ssl.sslContext(context)));
		assertThatExceptionOfType(MtlsException.class).isThrownBy(server::bindNow)
			.extracting(MtlsException::reason)
			.isEqualTo(Reason.CONFIGURATION_CONFLICT);
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatThrowsClosesItsConnectionOnly(TlsEngine engine) {
		assertClosesItsConnectionOnly(engine, (connection) -> {
			throw new IllegalStateException("A defect of the handler");
		});
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatFailsClosesItsConnectionOnly(TlsEngine engine) {
		assertClosesItsConnectionOnly(engine, (connection) -> Mono.error(new IllegalStateException("A failure")));
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatCompletesClosesAfterWhatItSent(TlsEngine engine) {
		String much = "much".repeat(500_000);
		TcpListener listener = listen(engine, (connection) -> Site.send(connection, much));
		Received received = new Received(connect(listener, engine));
		assertThat(received.end()).isNull();
		assertThat(received.text()).isEqualTo(much);
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatNeverEndsIsCancelledWhenItsConnectionCloses(TlsEngine engine) throws InterruptedException {
		CountDownLatch cancelled = new CountDownLatch(1);
		TcpListener listener = listen(engine,
				(connection) -> Mono.<Void>never()
					.doOnCancel(cancelled::countDown)
					.and(connection.receive().then(Mono.fromRunnable(connection::close))));
		TcpConnection connection = connect(listener, engine);
		Site.end(connection.closeOutput());
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
		Site.await(() -> listener.connections() == 0);
	}

	private void assertClosesItsConnectionOnly(TlsEngine engine, TcpConnectionHandler failing) {
		TcpListener listener = listen(engine, (connection) -> Site.peer(connection).equals("failing.example.com")
				? failing.handle(connection) : Site.echo(connection));
		TcpConnection other = connect(listener, engine);
		TcpConnection connection = Site.get(this.site.client(listener, "failing.example.com").engine(engine).connect());
		// No close_notify, which would say that this is all
		assertThat(new Received(connection).end()).isInstanceOf(IOException.class);
		Site.await(() -> listener.connections() == 1);
		assertThat(Site.exchange(other, "ping")).isEqualTo("ping");
		other.close();
	}

	private TcpListener listen(TlsEngine engine, TcpConnectionHandler handler) {
		return this.site.listen(MtlsTcpServer.create(this.site.serverGate()).engine(engine).handle(handler));
	}

	private TcpConnection connect(TcpListener listener, TlsEngine engine) {
		return Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
