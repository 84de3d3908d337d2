package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link BoundedSocket}.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BoundedSocketTests {

	@Test
	void readWhenPeerSendsWithoutEndFails() throws IOException {
		byte[] chunk = new byte[64 * 1024];
		try (TestServer server = TestServer.plain((socket) -> {
			while (true) {
				socket.getOutputStream().write(chunk);
			}
		}); Socket socket = connected(server, Duration.ofSeconds(10))) {
			assertThatIOException().isThrownBy(() -> socket.getInputStream().readAllBytes())
				.withMessage("The server sends more than 1048576 bytes");
		}
	}

	@Test
	void readWhenDeadlineHasPassedFails() throws IOException {
		try (TestServer server = TestServer.plain((socket) -> socket.getInputStream().readAllBytes());
				Socket socket = connected(server, Duration.ofMillis(50))) {
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(SocketTimeoutException.class)
					.isThrownBy(() -> socket.getInputStream().read());
			}
		}
	}

	@Test
	void firstBytesAreThoseThatCameFirst() throws IOException {
		try (TestServer server = TestServer.plain((socket) -> socket.getOutputStream()
			.write("0123456789".repeat(100).getBytes(StandardCharsets.US_ASCII)));
				BoundedSocket socket = connected(server, Duration.ofSeconds(10))) {
			assertThat(socket.firstBytes()).isEmpty();
			assertThat(socket.getInputStream().readAllBytes()).hasSize(1000);
			assertThat(socket.firstBytes()).hasSize(256).asString(StandardCharsets.US_ASCII).startsWith("0123456789");
			socket.firstBytes()[0] = 'x';
			assertThat(socket.firstBytes()[0]).isEqualTo((byte) '0');
		}
	}

	@Test
	void writeWhenPeerIsGoneLeavesItToReading() throws IOException, InterruptedException {
		CountDownLatch connected = new CountDownLatch(1);
		CountDownLatch gone = new CountDownLatch(1);
		try (TestServer server = TestServer.plain((socket) -> {
			// A connection that is reset at once may never be made
			await(connected);
			socket.getOutputStream().write('!');
			socket.setSoLinger(true, 0);
			socket.close();
			gone.countDown();
		}); Socket socket = connected(server, Duration.ofSeconds(10))) {
			connected.countDown();
			gone.await();
			for (int i = 0; i < 10; i++) {
				socket.getOutputStream().write(new byte[1024]);
			}
			assertThat(socket.getInputStream().read()).isEqualTo('!');
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

	private static BoundedSocket connected(TestServer server, Duration deadline) throws IOException {
		BoundedSocket socket = Connection.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
				Duration.ofSeconds(5));
		socket.setDeadline(deadline);
		return socket;
	}

}
