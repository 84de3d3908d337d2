package dev.mtls.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsListener}.
 */
@Timeout(60)
class MtlsListenerTests {

	private final Events events = new Events();

	private final MtlsContext server = Parties.builder(Parties.SERVER)
		.handshakeTimeout(Duration.ofSeconds(2))
		.onEvent(this.events)
		.build();

	private final MtlsListener listener = this.server.listen("127.0.0.1:0");

	private final MtlsContext client = Parties.builder(Parties.ALICE).build();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@Test
	void localAddressTellsFreePort() {
		assertThat(this.listener.port()).isPositive();
		assertThat(this.listener.localAddress().getAddress()).isEqualTo(Parties.loopback());
		assertThat(this.listener.localAddress().getPort()).isEqualTo(this.listener.port());
	}

	@Test
	void closeEndsAcceptAtOnce() throws Exception {
		Background<MtlsConnection> accepting = Background.run(this.listener::accept);
		CompletableFuture<MtlsConnection> later = this.listener.acceptAsync();
		accepting.awaitBlocked();
		this.listener.close();
		assertThat(accepting.failure()).isInstanceOf(ClosedChannelException.class);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> later.get(5, TimeUnit.SECONDS))
			.withCauseInstanceOf(ClosedChannelException.class);
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(this.listener::accept);
		this.listener.close();
		Parties.assertRefused(() -> this.client.connect(Parties.target(this.listener)), Reason.CONNECT_FAILED);
	}

	@Test
	void portIsFreeWhenCloseReturns() {
		// An address at which no other test listens
		MtlsListener closed = this.server.listen("127.0.0.77:0");
		for (int i = 0; i < 500; i++) {
			closed.close();
			closed = this.server.listen("127.0.0.77:" + closed.port());
		}
		assertThat(closed.port()).isPositive();
	}

	@Test
	void closeOfContextEndsAcceptAtOnce() throws Exception {
		Background<MtlsConnection> accepting = Background.run(this.listener::accept);
		accepting.awaitBlocked();
		this.server.close();
		assertThat(accepting.failure()).isInstanceOf(ClosedChannelException.class);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.server.listen("127.0.0.1:0"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.server.connect("localhost:1"));
	}

	@Test
	void acceptWhenInterruptedThrowsAndTakesNothing() throws Exception {
		Background<MtlsConnection> accepting = Background.run(this.listener::accept);
		accepting.awaitBlocked();
		accepting.interrupt();
		assertThat(accepting.failure()).isInstanceOf(InterruptedIOException.class);
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener));
				MtlsConnection accepted = this.listener.accept()) {
			Parties.send(connected, "x");
			assertThat(Parties.receive(accepted, 1)).isEqualTo("x");
		}
	}

	@Test
	void acceptAsyncAndConnectAsyncComplete() throws Exception {
		CompletableFuture<MtlsConnection> first = this.listener.acceptAsync();
		CompletableFuture<MtlsConnection> cancelled = this.listener.acceptAsync();
		CompletableFuture<MtlsConnection> second = this.listener.acceptAsync();
		assertThat(cancelled.cancel(false)).isTrue();
		for (CompletableFuture<MtlsConnection> accepting : List.of(first, second)) {
			try (MtlsConnection connected = this.client.connectAsync(Parties.target(this.listener))
				.get(10, TimeUnit.SECONDS); MtlsConnection accepted = accepting.get(10, TimeUnit.SECONDS)) {
				Parties.send(connected, "x");
				assertThat(Parties.receive(accepted, 1)).isEqualTo("x");
			}
		}
	}

	@Test
	void connectAsyncWhenItFailsTellsReason() {
		this.listener.close();
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.client.connectAsync(Parties.target(this.listener)).get(10, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOfSatisfying(MtlsException.class,
					(ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONNECT_FAILED));
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> this.client.connectAsync("localhost"));
	}

	@Test
	void iterationEndsWhenListenerIsClosed() throws Exception {
		LinkedBlockingQueue<MtlsConnection> taken = new LinkedBlockingQueue<>();
		Background<Integer> iterating = Background.run(() -> {
			int count = 0;
			for (MtlsConnection connection : this.listener) {
				taken.add(connection);
				count++;
			}
			return count;
		});
		for (int i = 0; i < 3; i++) {
			try (MtlsConnection connected = this.client.connect(Parties.target(this.listener))) {
				assertThat(connected.isOpen()).isTrue();
				assertThat(taken.poll(10, TimeUnit.SECONDS)).isNotNull();
			}
		}
		this.listener.close();
		assertThat(iterating.get()).isEqualTo(3);
	}

	@Test
	void serveServesManyClientsAtOnce() throws Exception {
		int clients = 20;
		CountDownLatch all = new CountDownLatch(clients);
		Background<Void> serving = Background.run(() -> {
			this.listener.serve((connection) -> {
				all.countDown();
				assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
				Parties.echo(connection);
			});
			return null;
		});
		List<CompletableFuture<MtlsConnection>> connecting = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			connecting.add(this.client.connectAsync(Parties.target(this.listener)));
		}
		for (CompletableFuture<MtlsConnection> future : connecting) {
			try (MtlsConnection connection = future.get(20, TimeUnit.SECONDS)) {
				Parties.assertPing(connection);
			}
		}
		this.listener.close(Duration.ofSeconds(10));
		serving.get();
		assertThat(this.server.serverGate().connections()).isEmpty();
	}

	@Test
	void serveRunsHandlersOnVirtualThreadsWhereThereAre() throws Exception {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		Background<Void> serving = Background.run(() -> {
			this.listener.serve((connection) -> thread.complete(Thread.currentThread()));
			return null;
		});
		try (MtlsConnection connection = this.client.connect(Parties.target(this.listener))) {
			assertThat(connection.inputStream().read()).isEqualTo(-1);
		}
		Thread handler = thread.get(5, TimeUnit.SECONDS);
		assertThat(handler.isDaemon()).isTrue();
		assertThat(handler.getName()).startsWith("mtls-connection-");
		boolean virtual = Runtime.version().feature() >= 21;
		assertThat(handler.getClass() != Thread.class).isEqualTo(virtual);
		this.listener.close();
		serving.get();
	}

	@Test
	void serveWhenHandlerThrowsEndsItsConnectionOnly() throws Exception {
		LinkedBlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
		AtomicInteger count = new AtomicInteger();
		Background<Void> serving = Background.run(() -> {
			this.listener.serve((connection) -> {
				Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> uncaught.add(ex));
				if (count.getAndIncrement() == 0) {
					throw new IllegalStateException("The first one fails");
				}
				Parties.echo(connection);
			});
			return null;
		});
		try (MtlsConnection connection = this.client.connect(Parties.target(this.listener))) {
			assertThat(connection.inputStream().read()).isEqualTo(-1);
		}
		assertThat(uncaught.poll(5, TimeUnit.SECONDS)).hasMessage("The first one fails");
		try (MtlsConnection connection = this.client.connect(Parties.target(this.listener))) {
			Parties.assertPing(connection);
		}
		this.server.close();
		serving.get();
	}

	@Test
	void silentPeerHoldsNobodyUpAndIsClosed() throws Exception {
		try (Socket silent = Parties.plain(this.listener); Socket other = Parties.plain(this.listener)) {
			other.getOutputStream().write(0x16);
			try (MtlsConnection connected = this.client.connect(Parties.target(this.listener));
					MtlsConnection accepted = this.listener.accept()) {
				Parties.send(accepted, "x");
				assertThat(Parties.receive(connected, 1)).isEqualTo("x");
			}
			assertThat(this.events.awaitRefusal()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> silent.getInputStream().read());
		}
	}

	@Test
	void dribblingPeerIsClosedInTime() throws Exception {
		try (Socket dribbling = Parties.plain(this.listener)) {
			Background<Void> dribble = Background.run(() -> {
				MtlsConnectionTests.dribble(dribbling, new byte[] { 0x16, 3, 1, 0x40, 0 });
				return null;
			});
			assertThat(this.events.awaitRefusal()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
			assertThat(dribble.failure()).isInstanceOf(SocketException.class);
		}
	}

	@Test
	void peerThatSpeaksNoTlsIsToldAsEventOnly() throws Exception {
		try (Socket plain = Parties.plain(this.listener)) {
			plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(this.events.awaitRefusal()).isEqualTo(Reason.HANDSHAKE_FAILED);
		}
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener));
				MtlsConnection accepted = this.listener.accept()) {
			assertThat(accepted.peerIdentity()).isNotNull();
			assertThat(connected.isOpen()).isTrue();
		}
	}

	@Test
	void acceptsNoMoreThanBacklogUntilOneIsTaken() throws Exception {
		List<MtlsConnection> connected = new ArrayList<>();
		while (this.server.serverGate().connections().size() < MtlsListener.BACKLOG) {
			connected.add(this.client.connect(Parties.target(this.listener)));
			Parties.await(() -> this.server.serverGate().connections().size() >= connected.size());
		}
		// The kernel takes them, and perhaps the one that was waited for already
		try (Socket first = Parties.plain(this.listener); Socket second = Parties.plain(this.listener)) {
			for (Socket socket : List.of(first, second)) {
				socket.getOutputStream().write("no TLS, so that it is answered".getBytes(StandardCharsets.US_ASCII));
			}
			second.setSoTimeout(500);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> second.getInputStream().read());
			this.listener.accept().close();
			this.listener.accept().close();
			this.listener.accept().close();
			second.setSoTimeout(10_000);
			assertAnswered(second);
		}
	}

	@Test
	void closeWithDrainWaitsForTakenConnections() throws Exception {
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener))) {
			MtlsConnection accepted = this.listener.accept();
			Background<Void> closing = Background.run(() -> {
				this.listener.close(Duration.ofSeconds(20));
				return null;
			});
			closing.awaitBlocked();
			Parties.send(connected, "x");
			assertThat(Parties.receive(accepted, 1)).isEqualTo("x");
			accepted.close();
			closing.get();
			assertThat(connected.inputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void closeWithDrainCutsWhatIsLeft() throws Exception {
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener));
				MtlsConnection accepted = this.listener.accept()) {
			this.listener.close(Duration.ofMillis(50));
			assertThat(accepted.isOpen()).isFalse();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> connected.inputStream().read());
		}
	}

	@Test
	void closeCutsConnectionsThatNobodyTook() throws Exception {
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener))) {
			Parties.await(() -> !this.server.serverGate().connections().isEmpty());
			this.listener.close();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> connected.inputStream().read());
			Parties.await(() -> this.server.serverGate().connections().isEmpty());
		}
	}

	@Test
	void listenWhenPortIsTakenThrows() {
		Parties.assertRefused(() -> this.server.listen("127.0.0.1:" + this.listener.port()), Reason.BIND_FAILED);
		Parties.assertRefused(() -> this.server.listen("127.0.0.1"), Reason.CONFIGURATION_INVALID);
	}

	private static void assertAnswered(Socket socket) throws IOException {
		try {
			assertThat(socket.getInputStream().read()).isNotZero();
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

}
