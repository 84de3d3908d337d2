package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests what becomes of connections through processes of {@code mtls tunnel}: ends, caps,
 * timeouts, floods and load.
 */
class TunnelSessionsBlackBoxTests {

	private static final String ROLES_OF_TUNNELS = """
			echo: { role: %1$s, listen: "127.0.0.1:0", target: "%2$s" }
			held: { role: %1$s, listen: "127.0.0.1:0", target: "%3$s" }
			capped: { role: %1$s, listen: "127.0.0.1:0", target: "%3$s", limits.connections: 2 }
			lived: { role: %1$s, listen: "127.0.0.1:0", target: "%2$s", max-lifetime: 1s }
			idle: { role: %1$s, listen: "127.0.0.1:0", target: "%2$s", idle-timeout: 2s }
			closing: { role: %1$s, listen: "127.0.0.1:0", target: "%3$s", close-timeout: 1s }
			down: { role: %1$s, listen: "127.0.0.1:0", target: "127.0.0.1:%4$d" }
			""";

	private static final int SLOTS = 20;

	private static final int FLOOD = 500;

	private static final String BILLING = "billing";

	@TempDir
	static Path directory;

	private static TunnelFiles files;

	private static PlainService echo;

	private static PlainService held;

	private static TunnelProcess server;

	private static TunnelProcess client;

	private static int downPort;

	private static int latePort;

	private final List<Socket> sockets = new ArrayList<>();

	@BeforeAll
	static void start() {
		files = new TunnelFiles(directory);
		echo = PlainService.echo();
		held = PlainService.held();
		downPort = Loopback.freePort();
		latePort = Loopback.freePort();
		server = files.start("server.yaml",
				ROLES_OF_TUNNELS.formatted("server", echo.address(), held.address(), downPort)
						+ """
								shaking: { role: server, listen: "127.0.0.1:0", target: "%1$s", limits.handshake-timeout: 1s }
								flooded: { role: server, listen: "127.0.0.1:0", target: "%1$s", limits: { connections: %3$d, handshake-timeout: 5s } }
								late: { role: server, listen: "127.0.0.1:0", target: "127.0.0.1:%2$d", retry: { first-delay: 50ms, max-delay: 200ms } }
								"""
							.formatted(echo.address(), latePort, SLOTS));
		client = files.start("client.yaml",
				ROLES_OF_TUNNELS.formatted("client", localhost("echo"), localhost("held"), downPort) + """
						silent: { role: client, listen: "127.0.0.1:0", target: "%s" }
						late: { role: client, listen: "127.0.0.1:0", target: "%s" }
						""".formatted(held.address(), localhost("late")));
	}

	@AfterAll
	static void stop() throws Exception {
		client.close();
		server.close();
		echo.close();
		held.close();
		assertThat(client.err()).isEmpty();
		assertThat(server.err()).isEmpty();
	}

	@AfterEach
	void closeSockets() throws IOException {
		held.closeAccepted();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	@Test
	void clientIsClosedWhileTargetIsDownAndServedOnceItIsUp() throws Exception {
		Socket refused = connect("client", "down");
		assertThat(Loopback.isEnded(refused)).isTrue();
		assertThat(ended(client, "down", "connect-failed")).isNotNull();
		assertThat(Loopback.isEnded(connect("server", "down"))).isTrue();
		assertThat(ended(server, "down", "connect-failed")).isNotNull();
		try (PlainService up = PlainService.echo(downPort)) {
			assertThat(Loopback.exchange(connect("server", "down"), "hello")).isEqualTo("hello");
			assertThat(up.accepted()).isEqualTo(1);
		}
	}

	@Test
	void targetThatComesUpIsReachedByRetries() throws Exception {
		Socket waiting = connect("client", "late");
		Loopback.send(waiting, "early");
		waiting.setSoTimeout(300);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> waiting.getInputStream().read());
		waiting.setSoTimeout((int) Loopback.BOUND.toMillis());
		try (PlainService up = PlainService.echo(latePort)) {
			assertThat(Loopback.read(waiting, 5)).isEqualTo("early");
			assertThat(up.accepted()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "server", "client" })
	void connectionsAreCapped(String role) throws Exception {
		Socket first = connect(role, "capped");
		Socket firstHeld = held.take();
		Loopback.send(first, "1");
		assertThat(Loopback.read(firstHeld, 1)).isEqualTo("1");
		Socket second = connect(role, "capped");
		Socket secondHeld = held.take();
		assertThat(isRefused(role)).isTrue();
		Loopback.send(second, "2");
		assertThat(Loopback.read(secondHeld, 1)).isEqualTo("2");
		// First, because a client of the JDK waits for the other end
		firstHeld.close();
		first.close();
		Loopback.await(() -> {
			connect(role, "capped");
			return held.poll() != null;
		}, () -> "No connection is let in after one has ended");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server", "client" })
	void lifetimeEndsConnectionInUse(String role) throws Exception {
		Socket socket = connect(role, "lived");
		long started = System.nanoTime();
		assertThatIOException().isThrownBy(() -> {
			while (System.nanoTime() - started < Loopback.BOUND.toNanos()) {
				if (Loopback.exchange(socket, "x").isEmpty()) {
					throw new SocketException("ended");
				}
			}
		});
		assertThat(ended(process(role), "lived", "lifetime")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "server", "client" })
	void silenceEndsConnectionButUseDoesNot(String role) throws Exception {
		Socket socket = connect(role, "idle");
		long started = System.nanoTime();
		while (System.nanoTime() - started < TimeUnit.SECONDS.toNanos(3)) {
			assertThat(Loopback.exchange(socket, "x")).isEqualTo("x");
		}
		assertThat(Loopback.isEnded(socket)).isTrue();
		assertThat(ended(process(role), "idle", "idle-timeout")).isGreaterThanOrEqualTo(Duration.ofMillis(4500));
	}

	@Test
	void sideThatSaysNothingAfterTheOtherEndedIsClosed() throws Exception {
		Socket application = connect("server", "closing");
		Socket service = held.take();
		Loopback.send(application, "end");
		application.shutdownOutput();
		assertThat(service.getInputStream().readAllBytes()).hasSize(3);
		assertThat(Loopback.isEnded(application)).isTrue();
		assertThat(ended(server, "closing", "close-timeout")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void clientThatSaysNothingAfterTheTargetEndedIsClosed() throws Exception {
		Socket application = connect("client", "closing");
		Socket service = held.take();
		Loopback.send(service, "end");
		service.shutdownOutput();
		assertThat(application.getInputStream().readAllBytes()).hasSize(3);
		assertThat(Loopback.isEnded(service)).isTrue();
		assertThat(ended(client, "closing", "close-timeout")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void silentClientIsClosedAfterHandshakeTimeout() throws Exception {
		assertThat(Loopback.isEnded(plain("shaking"))).isTrue();
	}

	@Test
	void clientWithHalfOfItsHelloIsClosedAfterHandshakeTimeout() throws Exception {
		Socket socket = plain("shaking");
		socket.getOutputStream().write(halfHello());
		assertThat(Loopback.isEnded(socket)).isTrue();
	}

	@Test
	void clientThatSendsByteByByteIsClosedAfterHandshakeTimeout() throws Exception {
		Socket socket = plain("shaking");
		socket.setSoTimeout(200);
		byte[] hello = halfHello();
		boolean ended = false;
		for (int i = 0; i < hello.length && !ended; i++) {
			try {
				socket.getOutputStream().write(hello[i]);
				ended = Loopback.isEnded(socket);
			}
			catch (IOException ex) {
				ended = true;
			}
		}
		assertThat(ended).isTrue();
	}

	@Test
	void serverThatSaysNothingInHandshakeClosesApplication() throws Exception {
		Socket socket = connect("client", "silent");
		held.take();
		assertThat(Loopback.isEnded(socket)).isTrue();
		assertThat(ended(client, "silent", null)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "server", "client" })
	void halfCloseIsPassedOnToTheService(String role) throws Exception {
		Socket application = connect(role, "held");
		Socket service = held.take();
		Loopback.send(application, "question");
		application.shutdownOutput();
		assertThat(service.getInputStream().readAllBytes()).asString().isEqualTo("question");
		service.getOutputStream().write(new byte[300_000]);
		service.close();
		assertThat(application.getInputStream().readAllBytes()).hasSize(300_000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "server", "client" })
	void halfCloseIsPassedOnToTheApplication(String role) throws Exception {
		Socket application = connect(role, "held");
		Socket service = held.take();
		Loopback.send(service, "greeting");
		service.shutdownOutput();
		assertThat(application.getInputStream().readAllBytes()).asString().isEqualTo("greeting");
		application.getOutputStream().write(new byte[300_000]);
		application.close();
		assertThat(service.getInputStream().readAllBytes()).hasSize(300_000);
	}

	@Test
	void resetIsPassedOnToTheService() throws Exception {
		Socket application = connect("client", "held");
		Socket service = held.take();
		Loopback.send(application, "x");
		assertThat(Loopback.read(service, 1)).isEqualTo("x");
		application.setSoLinger(true, 0);
		application.close();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> service.getInputStream().read());
		assertThat(ended(client, "held", "client-reset")).isNotNull();
		assertThat(ended(server, "held", "client-reset")).isNotNull();
	}

	@Test
	void resetIsPassedOnToTheApplication() throws Exception {
		Socket application = connect("client", "held");
		Socket service = held.take();
		Loopback.send(service, "x");
		assertThat(Loopback.read(application, 1)).isEqualTo("x");
		service.setSoLinger(true, 0);
		service.close();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> application.getInputStream().read());
	}

	@Test
	void slowReaderHoldsTheSenderBack() throws Exception {
		int size = 96 << 20;
		Socket application = connect("client", "held");
		Socket service = held.take();
		AtomicLong sent = new AtomicLong();
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try {
			Future<byte[]> digest = threads.submit(() -> send(service, size, sent));
			awaitStandstill(sent);
			assertThat(sent.get()).isLessThan(size * 3L / 4);
			assertThat(server.residentKilobytes()).isLessThan(500_000);
			assertThat(digestOf(application, size)).isEqualTo(digest.get(60, TimeUnit.SECONDS));
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void bytesPassUnchangedInBothDirectionsAtOnce() throws Exception {
		int size = 64 << 20;
		Socket application = connect("client", "echo");
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try {
			Future<byte[]> digest = threads.submit(() -> send(application, size, new AtomicLong()));
			assertThat(digestOf(application, size)).isEqualTo(digest.get(60, TimeUnit.SECONDS));
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void twoHundredConnectionsAtOnceLeaveNothingOpen() throws Exception {
		assertThat(Loopback.exchange(connect("client", "echo"), "x")).isEqualTo("x");
		closeSockets();
		awaitNoSession("echo");
		long ofClient = client.fileDescriptors();
		long ofServer = server.fileDescriptors();
		for (int i = 0; i < 200; i++) {
			Loopback.send(connect("client", "echo"), "%04d".formatted(i));
		}
		for (int i = 0; i < 200; i++) {
			assertThat(Loopback.read(this.sockets.get(i + 1), 4)).isEqualTo("%04d".formatted(i));
		}
		assertThat(server.fileDescriptors()).isGreaterThanOrEqualTo(ofServer + 400);
		closeSockets();
		awaitDescriptors(client, ofClient);
		awaitDescriptors(server, ofServer);
	}

	@Test
	void floodOfHandshakesThatNeverEndLeaksNothing() throws Exception {
		long before = descriptorsAfterUse();
		byte[] hello = halfHello();
		for (int i = 0; i < FLOOD; i++) {
			try {
				plain("flooded").getOutputStream().write(hello);
			}
			catch (IOException ex) {
				// Refused already
			}
		}
		awaitAllSlots();
		closeSockets();
		awaitDescriptors(server, before);
	}

	@Test
	void floodOfHandshakesThatAreRefusedLeaksNothing() throws Exception {
		long before = descriptorsAfterUse();
		SSLContext unlisted = files.authority().client("unlisted").sslContext(files.authority());
		int port = port("server", "flooded");
		Callable<Boolean> attempt = () -> {
			try (Socket socket = Loopback.connect(port, unlisted)) {
				return Loopback.isEnded(socket);
			}
			catch (IOException ex) {
				return true;
			}
		};
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Boolean>> attempts = new ArrayList<>();
			for (int i = 0; i < FLOOD; i++) {
				attempts.add(attempt);
			}
			for (Future<Boolean> refused : threads.invokeAll(attempts)) {
				assertThat(refused.get()).isTrue();
			}
		}
		finally {
			threads.shutdownNow();
		}
		awaitAllSlots();
		closeSockets();
		awaitDescriptors(server, before);
	}

	private long descriptorsAfterUse() throws Exception {
		awaitAllSlots();
		closeSockets();
		awaitNoSession("flooded");
		return server.fileDescriptors();
	}

	private void awaitAllSlots() {
		Loopback.await(() -> {
			List<Socket> attempt = new ArrayList<>();
			try {
				for (int i = 0; i < SLOTS; i++) {
					attempt.add(Loopback.connect(port("server", "flooded"), files.clientContext()));
				}
				boolean all = true;
				for (Socket socket : attempt) {
					all &= Loopback.exchange(socket, BILLING).equals(BILLING);
				}
				return all;
			}
			finally {
				for (Socket socket : attempt) {
					socket.close();
				}
			}
		}, () -> "Not all slots are free: " + server.out());
	}

	private static void awaitDescriptors(TunnelProcess process, long expected) {
		Loopback.await(() -> process.fileDescriptors() <= expected,
				() -> "%d are open, and %d were".formatted(process.fileDescriptors(), expected));
	}

	private static void awaitStandstill(AtomicLong sent) {
		AtomicLong last = new AtomicLong(-1);
		AtomicLong since = new AtomicLong(System.nanoTime());
		Loopback.await(() -> {
			if (sent.get() != last.getAndSet(sent.get())) {
				since.set(System.nanoTime());
			}
			return sent.get() > 0 && System.nanoTime() - since.get() > TimeUnit.SECONDS.toNanos(1);
		}, () -> "It is sent on and on");
	}

	private static byte[] send(Socket socket, int size, AtomicLong sent) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		Random random = new Random(size);
		byte[] bytes = new byte[65_536];
		OutputStream out = socket.getOutputStream();
		for (int i = 0; i < size / bytes.length; i++) {
			random.nextBytes(bytes);
			out.write(bytes);
			digest.update(bytes);
			sent.addAndGet(bytes.length);
		}
		return digest.digest();
	}

	private static byte[] digestOf(Socket socket, int size) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		byte[] bytes = new byte[65_536];
		int left = size;
		while (left > 0) {
			int read = socket.getInputStream().read(bytes, 0, Math.min(left, bytes.length));
			assertThat(read).isPositive();
			digest.update(bytes, 0, read);
			left -= read;
		}
		return digest.digest();
	}

	private boolean isRefused(String role) {
		try {
			return Loopback.isEnded(connect(role, "capped"));
		}
		catch (IOException ex) {
			return true;
		}
	}

	private Socket connect(String role, String tunnel) throws IOException {
		int port = port(role, tunnel);
		Socket socket = role.equals("server") ? Loopback.connect(port, files.clientContext()) : Loopback.connect(port);
		this.sockets.add(socket);
		return socket;
	}

	private Socket plain(String tunnel) throws IOException {
		Socket socket = Loopback.connect(port("server", tunnel));
		this.sockets.add(socket);
		return socket;
	}

	private static TunnelProcess process(String role) {
		return role.equals("server") ? server : client;
	}

	private static int port(String role, String tunnel) {
		String address = process(role).address(tunnel);
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	private static String localhost(String tunnel) {
		return "localhost:" + port("server", tunnel);
	}

	/**
	 * Wait for the end of a session.
	 * @param process where it is logged
	 * @param tunnel the name of the tunnel
	 * @param end why it ends, or {@code null} for any reason
	 * @return its age then
	 */
	private static Duration ended(TunnelProcess process, String tunnel, @Nullable String end) {
		Pattern pattern = Pattern.compile(
				"\\[%s] Session [0-9]+ .* ended after ([0-9]+) ms, .*: %s".formatted(tunnel, (end != null) ? end : ""));
		Loopback.await(() -> pattern.matcher(process.out()).find(), process::out);
		Matcher matcher = pattern.matcher(process.out());
		assertThat(matcher.find()).isTrue();
		return Duration.ofMillis(Long.parseLong(matcher.group(1)));
	}

	private static void awaitNoSession(String tunnel) {
		for (TunnelProcess process : List.of(server, client)) {
			Loopback.await(() -> {
				String out = process.out();
				long began = out.lines()
					.filter((line) -> line.contains("[%s] Session".formatted(tunnel)))
					.filter((line) -> line.endsWith(" began"))
					.count();
				long ended = out.lines()
					.filter((line) -> line.contains("[%s] Session".formatted(tunnel)) && line.contains(" ended after "))
					.count();
				return ended >= began;
			}, process::out);
		}
	}

	private static byte[] halfHello() {
		// A record of 512 bytes, of which there are 100: a ClientHello of TLS 1.3
		byte[] half = new byte[100];
		byte[] start = { 22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3 };
		System.arraycopy(start, 0, half, 0, start.length);
		return half;
	}

}
