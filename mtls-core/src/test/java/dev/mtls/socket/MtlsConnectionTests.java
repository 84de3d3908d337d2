package dev.mtls.socket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsConnection}.
 */
@Timeout(60)
class MtlsConnectionTests {

	private static final int BULK = 64 * 1024 * 1024;

	private final MtlsContext server = Parties.builder(Parties.SERVER).build();

	private final MtlsListener listener = this.server.listen("127.0.0.1:0");

	private MtlsContext client = Parties.builder(Parties.ALICE).build();

	private MtlsConnection connected;

	private MtlsConnection accepted;

	@BeforeEach
	void connect() throws IOException {
		this.connected = this.client.connect(Parties.target(this.listener));
		this.accepted = this.listener.accept();
	}

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@Test
	void bulkBothWaysArrivesUnchanged() throws Exception {
		CompletableFuture<String> sentByClient = async(() -> sendBulk(this.connected, 1));
		CompletableFuture<String> sentByServer = async(() -> sendBulk(this.accepted, 2));
		CompletableFuture<String> receivedByClient = async(() -> receiveBulk(this.connected));
		String receivedByServer = receiveBulk(this.accepted);
		assertThat(receivedByServer).isEqualTo(sentByClient.get()).isNotEqualTo(sentByServer.get());
		assertThat(receivedByClient.get()).isEqualTo(sentByServer.get());
	}

	@Test
	void singleBytesArriveInOrder() throws Exception {
		CompletableFuture<Void> sent = async(() -> {
			for (int i = 0; i < 1000; i++) {
				this.connected.outputStream().write(i);
			}
			return null;
		});
		for (int i = 0; i < 1000; i++) {
			assertThat(this.accepted.inputStream().read()).isEqualTo(i & 0xff);
		}
		sent.get();
	}

	@Test
	void shutdownOutputLetsReadingGoOn() throws IOException {
		Parties.send(this.connected, "last");
		this.connected.shutdownOutput();
		assertThat(this.accepted.inputStream().readAllBytes()).asString().isEqualTo("last");
		Parties.send(this.accepted, "answer");
		assertThat(Parties.receive(this.connected, 6)).isEqualTo("answer");
		this.accepted.shutdownOutput();
		assertThat(this.connected.inputStream().read()).isEqualTo(-1);
		assertThat(this.connected.inputStream().read()).isEqualTo(-1);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Parties.send(this.connected, "late"));
	}

	@Test
	void shutdownOutputByServerLetsReadingGoOn() throws IOException {
		this.accepted.shutdownOutput();
		assertThat(this.connected.inputStream().read()).isEqualTo(-1);
		Parties.send(this.connected, "answer");
		assertThat(Parties.receive(this.accepted, 6)).isEqualTo("answer");
	}

	@Test
	void shutdownOutputWithTls12ClosesBothWays() throws IOException {
		try (MtlsContext old = Parties.builder(Parties.ALICE).maximumTls("TLSv1.2").build();
				MtlsConnection connected = old.connect(Parties.target(this.listener));
				MtlsConnection accepted = this.listener.accept()) {
			Parties.send(connected, "last");
			connected.shutdownOutput();
			assertThat(accepted.inputStream().readAllBytes()).asString().isEqualTo("last");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> Parties.send(accepted, "answer"));
			assertThat(connected.inputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void closeEndsStreamOfPeer() throws IOException {
		Parties.send(this.connected, "last");
		this.connected.close();
		this.connected.close();
		assertThat(this.connected.isOpen()).isFalse();
		assertThat(this.accepted.inputStream().readAllBytes()).asString().isEqualTo("last");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.connected.inputStream().read());
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Parties.send(this.connected, "late"));
		assertThat(this.client.clientGate().connections()).isEmpty();
	}

	@Test
	void closeOfStreamClosesConnection() throws IOException {
		this.connected.outputStream().close();
		assertThat(this.connected.isOpen()).isFalse();
		this.accepted.inputStream().close();
		assertThat(this.accepted.isOpen()).isFalse();
	}

	@Test
	void closeEndsBlockedRead() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Integer> read = async(() -> {
			begun.countDown();
			return this.connected.inputStream().read();
		});
		assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
		this.connected.close();
		assertThat(read.handle((value, failure) -> failure != null).get(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void endThatCloseMakesIsNoneOfThePeer() throws Exception {
		InputStream endsWhenClosed = new FilterInputStream(InputStream.nullInputStream()) {

			@Override
			public int read(byte[] bytes, int offset, int length) {
				CompletableFuture<?> closed = async(() -> {
					MtlsConnectionTests.this.connected.close();
					return null;
				});
				while (MtlsConnectionTests.this.connected.isOpen() && !closed.isDone()) {
					Thread.onSpinWait();
				}
				return -1;
			}

		};
		ConnectionInput input = new ConnectionInput(this.connected, new TcpSocket(), endsWhenClosed);
		assertThatExceptionOfType(SocketException.class).isThrownBy(input::read);
	}

	@Test
	void closeWhenWriteIsBlockedEndsItAtOnce() throws Exception {
		CountDownLatch blocked = new CountDownLatch(64);
		CompletableFuture<Void> write = async(() -> fill(this.connected, blocked));
		// The buffers of the kernel are full some time after that, or the write would end
		assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
		long begun = System.nanoTime();
		this.connected.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
		assertThat(write.handle((value, failure) -> failure != null).get(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void readWhenItTimesOutCanGoOn() throws IOException {
		this.connected.readTimeout(Duration.ofMillis(50));
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> this.connected.inputStream().read());
		}
		Parties.send(this.accepted, "late");
		this.connected.readTimeout(null);
		assertThat(Parties.receive(this.connected, 4)).isEqualTo("late");
		Parties.send(this.connected, "ok");
		assertThat(Parties.receive(this.accepted, 2)).isEqualTo("ok");
	}

	@Test
	void readTimeoutOfContextBoundsReads() throws IOException {
		try (MtlsContext context = Parties.builder(Parties.ALICE).readTimeout(Duration.ofMillis(50)).build();
				MtlsConnection connection = context.connect(Parties.target(this.listener))) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connection.inputStream().read());
		}
	}

	@Test
	void readWhenItTimesOutWithinRecordLosesNothing() throws Exception {
		try (Relay relay = new Relay(this.listener.port());
				MtlsConnection slow = this.client.connect("localhost:" + relay.port());
				MtlsConnection accepted = this.listener.accept()) {
			slow.readTimeout(Duration.ofMillis(50));
			// What comes after the handshake has to be out of the way
			Parties.send(accepted, "1");
			assertThat(slow.inputStream().read()).isEqualTo('1');
			relay.hold();
			Parties.send(accepted, "record");
			for (int bytes : new int[] { 3, 9 }) {
				relay.letPass(bytes);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> slow.inputStream().read());
			}
			relay.letPass(1000);
			slow.readTimeout(null);
			assertThat(Parties.receive(slow, 6)).isEqualTo("record");
		}
	}

	@Test
	void writeWhenPeerReadsNothingTimesOutAndCloses() throws Exception {
		this.connected.writeTimeout(Duration.ofMillis(200));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> fill(this.connected, new CountDownLatch(0)))
			.withMessage("Write timed out");
		assertThat(this.connected.isOpen()).isFalse();
		assertThat(this.client.clientGate().connections()).isEmpty();
	}

	@Test
	void writeTimeoutDoesNotBoundConnection() throws Exception {
		this.connected.writeTimeout(Duration.ofMillis(100));
		Parties.send(this.connected, "1");
		this.connected.readTimeout(Duration.ofMillis(300));
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.connected.inputStream().read());
		Parties.send(this.connected, "2");
		assertThat(Parties.receive(this.accepted, 2)).isEqualTo("12");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S" })
	void timeoutsWhenNotPositiveAreRefused(Duration timeout) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> this.connected.readTimeout(timeout))
			.extracting(MtlsException::reason)
			.isEqualTo(Reason.CONFIGURATION_INVALID);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> this.connected.writeTimeout(timeout))
			.extracting(MtlsException::reason)
			.isEqualTo(Reason.CONFIGURATION_INVALID);
	}

	@Test
	void readWhenConnectionEndsWithoutCloseNotifyFails() throws Exception {
		try (Relay relay = new Relay(this.listener.port());
				MtlsConnection connection = this.client.connect("localhost:" + relay.port());
				MtlsConnection accepted = this.listener.accept()) {
			Parties.send(accepted, "part");
			assertThat(Parties.receive(connection, 4)).isEqualTo("part");
			relay.end();
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connection.inputStream().read())
					.withMessageContaining("close_notify");
			}
		}
	}

	@Test
	void resumedSessionIsAdmittedAgain() throws Exception {
		for (String protocol : new String[] { "TLSv1.2", "TLSv1.3" }) {
			try (MtlsContext context = Parties.builder(Parties.ALICE)
				.minimumTls(protocol)
				.maximumTls(protocol)
				.build()) {
				for (boolean resumed : new boolean[] { false, true, true }) {
					try (MtlsConnection connection = context.connect(Parties.target(this.listener));
							MtlsConnection other = this.listener.accept()) {
						assertThat(connection.tlsSession().resumed()).isEqualTo(resumed);
						assertThat(other.tlsSession().resumed()).isEqualTo(resumed);
						assertThat(other.peerIdentity()).isEqualTo(this.accepted.peerIdentity());
						// The ticket comes before it
						Parties.send(other, "x");
						assertThat(Parties.receive(connection, 1)).isEqualTo("x");
					}
				}
			}
		}
	}

	@Test
	void handshakeWhenServerIsSilentTimesOut() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, Parties.loopback());
				MtlsContext context = Parties.builder(Parties.ALICE).handshakeTimeout(Duration.ofMillis(100)).build()) {
			Parties.assertRefused(() -> context.connect("127.0.0.1", silent.getLocalPort()), Reason.HANDSHAKE_TIMEOUT);
		}
	}

	@Test
	void handshakeWhenServerDribblesTimesOut() throws Exception {
		try (ServerSocket dribbling = new ServerSocket(0, 50, Parties.loopback());
				MtlsContext context = Parties.builder(Parties.ALICE).handshakeTimeout(Duration.ofMillis(300)).build()) {
			CompletableFuture<Void> dribble = async(() -> {
				try (Socket socket = dribbling.accept()) {
					// The beginning of a long handshake record
					dribble(socket, new byte[] { 0x16, 3, 3, 0x40, 0 });
				}
				return null;
			});
			Parties.assertRefused(() -> context.connect("127.0.0.1", dribbling.getLocalPort()),
					Reason.HANDSHAKE_TIMEOUT);
			assertThat(dribble.handle((done, failure) -> true).get(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void connectWhenContextClosesMeanwhileFails() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 50, Parties.loopback())) {
			CompletableFuture<MtlsConnection> connecting = this.client
				.connectAsync("127.0.0.1:" + silent.getLocalPort());
			try (Socket accepted = silent.accept()) {
				assertThat(accepted.getInputStream().read()).isNotEqualTo(-1);
				this.client.close();
				assertThat(connecting.handle((connection, failure) -> failure != null).get(5, TimeUnit.SECONDS))
					.isTrue();
			}
		}
	}

	/**
	 * Write one byte after the other with pauses, until the peer goes away.
	 * @param socket the socket
	 * @param start what to begin with
	 * @throws IOException if the peer went away
	 */
	static void dribble(Socket socket, byte[] start) throws IOException {
		socket.getOutputStream().write(start);
		socket.setSoTimeout(20);
		for (int i = 0; i < 1000; i++) {
			try {
				if (socket.getInputStream().read() == -1) {
					return;
				}
			}
			catch (SocketTimeoutException ex) {
				socket.getOutputStream().write(1);
			}
		}
	}

	private static Void fill(MtlsConnection connection, CountDownLatch begun) throws IOException {
		byte[] bytes = new byte[16_384];
		for (int i = 0; i < 10_000; i++) {
			connection.outputStream().write(bytes);
			begun.countDown();
		}
		return null;
	}

	private static String sendBulk(MtlsConnection connection, long seed) throws Exception {
		Random random = new Random(seed);
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		OutputStream out = new DigestOutputStream(connection.outputStream(), digest);
		byte[] bytes = new byte[100_000];
		for (int left = BULK; left > 0; left -= bytes.length) {
			random.nextBytes(bytes);
			out.write(bytes, 0, Math.min(left, bytes.length));
		}
		connection.shutdownOutput();
		return HexFormat.of().formatHex(digest.digest());
	}

	private static String receiveBulk(MtlsConnection connection) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		InputStream in = new DigestInputStream(connection.inputStream(), digest);
		assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(BULK);
		return HexFormat.of().formatHex(digest.digest());
	}

	private static <T> CompletableFuture<T> async(Callable<T> task) {
		CompletableFuture<T> future = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				future.complete(task.call());
			}
			catch (Throwable ex) {
				future.completeExceptionally(ex);
			}
		}, "test");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

}
