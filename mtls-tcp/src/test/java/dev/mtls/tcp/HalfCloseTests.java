package dev.mtls.tcp;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how connections end, by the will of one side or of somebody in between.
 */
class HalfCloseTests {

	private final Site site = new Site();

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,NATIVE", "JDK,JDK", "NATIVE,JDK", "JDK,NATIVE" })
	void serverGoesOnWhenClientClosesItsOutput(TlsEngine serverEngine, TlsEngine clientEngine) {
		TcpListener listener = listen(serverEngine,
				(connection) -> connection.receive()
					.aggregate()
					.asString()
					.flatMap((text) -> Site.send(connection, "You sent ").then(Site.send(connection, text))));
		TcpConnection client = connect(listener, clientEngine);
		Site.end(Site.send(client, "hello"));
		Site.end(client.closeOutput());
		assertThat(text(client)).isEqualTo("You sent hello");
		Site.end(client.onClose());
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,NATIVE", "JDK,JDK", "NATIVE,JDK", "JDK,NATIVE" })
	void clientGoesOnWhenServerClosesItsOutput(TlsEngine serverEngine, TlsEngine clientEngine) throws Exception {
		TcpListener listener = listen(serverEngine,
				(connection) -> Site.send(connection, "greeting")
					.then(connection.closeOutput())
					.then(keep(connection)));
		TcpConnection client = connect(listener, clientEngine);
		assertThat(text(client)).isEqualTo("greeting");
		assertThat(client.isOpen()).isTrue();
		Site.end(Site.send(client, "late answer"));
		Site.end(client.closeOutput());
		assertThat(this.received.poll(10, TimeUnit.SECONDS)).isEqualTo("late answer");
		Site.end(client.onClose());
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void serverGoesOnWithMuchWhenBlockingPeerClosesItsOutputAtOnce(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine,
				(connection) -> connection.receive()
					.aggregate()
					.asString()
					.flatMap((text) -> Site.send(connection, text.repeat(100_000))));
		try (SSLSocket client = tls(listener, "TLSv1.3")) {
			client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
			client.shutdownOutput();
			byte[] answer = client.getInputStream().readAllBytes();
			assertThat(answer).hasSize(500_000);
		}
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void clientReceivesMuchAfterItClosedItsOutput(TlsEngine engine) {
		String answer = "answer".repeat(100_000);
		TcpListener listener = listen(engine, (connection) -> connection.receive().then(Site.send(connection, answer)));
		TcpConnection client = connect(listener, engine);
		Site.end(client.closeOutput());
		assertThat(text(client)).isEqualTo(answer);
		Site.end(client.onClose());
	}

	@ParameterizedTest
	@EnumSource
	void readTimeoutDoesNotEndAnswerToPeerThatClosedItsOutput(TlsEngine engine) {
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.timeouts(new TcpTimeouts(Duration.ofMillis(200), null, null))
			.handle((connection) -> connection.receive()
				.then(Mono.delay(Duration.ofMillis(600)))
				.then(Mono.defer(() -> Site.send(connection, "slow answer")))));
		TcpConnection client = connect(listener, engine);
		Site.end(client.closeOutput());
		assertThat(text(client)).isEqualTo("slow answer");
	}

	@ParameterizedTest
	@EnumSource
	void inputOfServerFailsWhenClientEndsTcpWithoutCloseNotify(TlsEngine engine) throws Exception {
		TcpListener listener = listen(engine, this::keep);
		Socket below = PlainClient.connect(listener.port());
		try (SSLSocket client = tls(below, "TLSv1.3")) {
			client.getOutputStream().write("half a mess".getBytes(StandardCharsets.UTF_8));
			below.shutdownOutput();
			assertThat(this.received.poll(10, TimeUnit.SECONDS)).contains("SSLException").contains("close_notify");
			Site.await(() -> listener.connections() == 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void inputOfServerFailsWhenClientResets(TlsEngine engine) throws Exception {
		TcpListener listener = listen(engine, (connection) -> Site.send(connection, "x").then(keep(connection)));
		Socket below = PlainClient.connect(listener.port());
		try (SSLSocket client = tls(below, "TLSv1.3")) {
			assertThat(client.getInputStream().read()).isEqualTo('x');
			below.setSoLinger(true, 0);
			below.close();
			assertThat(this.received.poll(10, TimeUnit.SECONDS)).contains("Exception");
			Site.await(() -> listener.connections() == 0);
		}
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,TLSv1.3", "JDK,TLSv1.3", "NATIVE,TLSv1.2", "JDK,TLSv1.2" })
	void inputOfServerEndsWhenClientCloses(TlsEngine engine, String protocol) throws Exception {
		TcpListener listener = listen(engine, this::keep);
		try (SSLSocket client = tls(PlainClient.connect(listener.port()), protocol)) {
			client.getOutputStream().write("all".getBytes(StandardCharsets.UTF_8));
		}
		assertThat(this.received.poll(10, TimeUnit.SECONDS)).isEqualTo("all");
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,TLSv1.3", "JDK,TLSv1.3", "NATIVE,TLSv1.2", "JDK,TLSv1.2" })
	void inputOfClientFailsWhenServerEndsTcpWithoutCloseNotify(TlsEngine engine, String protocol) {
		try (PlainServer server = PlainServer.start(this.site.authority().server().sslContext(this.site.authority()),
				(socket) -> socket.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8)))) {
			TcpConnection client = connect(server, engine, protocol);
			Received received = new Received(client);
			received.await("half");
			end(server.accepted().get(0));
			assertThat(received.end()).isInstanceOf(SSLException.class).hasMessageContaining("close_notify");
			Site.end(client.onClose());
		}
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,TLSv1.3", "JDK,TLSv1.3", "NATIVE,TLSv1.2", "JDK,TLSv1.2" })
	void inputOfClientEndsWhenServerCloses(TlsEngine engine, String protocol) {
		try (PlainServer server = PlainServer.start(this.site.authority().server().sslContext(this.site.authority()),
				(socket) -> {
					socket.getOutputStream().write("all".getBytes(StandardCharsets.UTF_8));
					socket.close();
				})) {
			TcpConnection client = connect(server, engine, protocol);
			assertThat(text(client)).isEqualTo("all");
			if (protocol.equals("TLSv1.2")) {
				Site.end(client.onClose());
			}
			else {
				Site.end(client.closeOutput());
				Site.end(client.onClose());
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void tls12ClosesBothWaysWhenOneSideCloses(TlsEngine engine) throws Exception {
		TcpListener listener = listen(engine, (connection) -> keep(connection).then(Mono.never()));
		try (SSLSocket client = tls(PlainClient.connect(listener.port()), "TLSv1.2")) {
			client.getOutputStream().write("all".getBytes(StandardCharsets.UTF_8));
			client.shutdownOutput();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(this.received.poll(10, TimeUnit.SECONDS)).isEqualTo("all");
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void receiveEndsWithoutFailureWhenThisSideCloses(TlsEngine engine) {
		TcpListener listener = listen(engine, (connection) -> Site.send(connection, "x").then(Mono.never()));
		TcpConnection client = connect(listener, engine);
		Received received = new Received(client);
		received.await("x");
		client.close();
		assertThat(received.end()).isNull();
		Site.end(client.onClose());
		assertThat(client.isOpen()).isFalse();
		assertThat(Site.failure(Site.send(client, "y"))).isNotNull();
	}

	private TcpListener listen(TlsEngine engine, TcpConnectionHandler handler) {
		return this.site.listen(MtlsTcpServer.create(this.site.serverGate()).engine(engine).handle(handler));
	}

	private TcpConnection connect(TcpListener listener, TlsEngine engine) {
		return Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
	}

	private TcpConnection connect(PlainServer server, TlsEngine engine, String protocol) {
		TlsProfile tls = new TlsProfile(List.of(protocol), List.of(), List.of());
		return Site.get(MtlsTcpClient.create(this.site.open(GateSettings.client("client", true, tls),
				this.site.authority().client("orders.example.com"), (locations) -> {
				}))
			.engine(engine)
			.host("localhost")
			.port(server.port())
			.connect());
	}

	private Mono<Void> keep(TcpConnection connection) {
		return connection.receive()
			.aggregate()
			.asString()
			.doOnNext(this.received::add)
			.doOnError((failure) -> this.received.add(failure.toString()))
			.then();
	}

	private SSLSocket tls(TcpListener listener, String protocol) throws IOException {
		return tls(PlainClient.connect(listener.port()), protocol);
	}

	private SSLSocket tls(Socket socket, String protocol) throws IOException {
		SSLSocket tls = PlainClient.tls(
				this.site.authority().client("orders.example.com").sslContext(this.site.authority()), socket, protocol);
		tls.startHandshake();
		return tls;
	}

	private static String text(TcpConnection connection) {
		return Site.get(connection.receive().aggregate().asString());
	}

	private static void end(Socket socket) {
		try {
			socket.shutdownOutput();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
