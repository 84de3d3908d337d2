package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that begin a handshake and do not end it.
 */
@Tag("servers")
class LimitsTests {

	private static final String CLIENT = "api.example.com";

	private static final int CONNECTIONS = 5;

	private static final int BOUND_MILLIS = 20_000;

	private static final int PAUSE_MILLIS = 50;

	// A ClientHello of 512 bytes begins so
	private static final byte[] HELLO = { 22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3 };

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext client = authority.client(CLIENT).sslContext(authority);

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.limits.handshake-timeout=1s", "server.tomcat.max-connections=" + CONNECTIONS,
					"server.jetty.max-connections=" + CONNECTIONS));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@Test
	void clientWhenItIsSilentIsClosedAndItsSlotIsFreed() throws IOException {
		List<Socket> silent = new ArrayList<>();
		try {
			Instant start = Instant.now();
			for (int connection = 0; connection < CONNECTIONS; connection++) {
				silent.add(connect());
			}
			// Where connections are limited, this one has to wait for a slot
			assertThat(new TlsClient(client, "TLSv1.3").get(server.port(), "/peer").body()).isEqualTo(CLIENT);
			for (Socket socket : silent) {
				assertThat(isEnded(socket, BOUND_MILLIS)).isTrue();
				assertTimedOut();
			}
			assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
		}
		finally {
			for (Socket socket : silent) {
				socket.close();
			}
		}
	}

	@Test
	void clientWhenItDribblesIsClosed() throws IOException {
		try (Socket socket = connect()) {
			Instant start = Instant.now();
			int sent = 0;
			while (!isEnded(socket, PAUSE_MILLIS)) {
				sent = dribble(socket, sent);
				assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(BOUND_MILLIS));
			}
			assertThat(sent).as("bytes that were taken").isGreaterThan(1);
			assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
			assertTimedOut();
		}
	}

	private static void assertTimedOut() {
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).as(refused.detail()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
	}

	private static int dribble(Socket socket, int sent) throws IOException {
		try {
			socket.getOutputStream().write((sent < HELLO.length) ? HELLO[sent] : 0);
			return sent + 1;
		}
		catch (SocketException ex) {
			// The next look at the connection sees its end
			return sent;
		}
	}

	private static boolean isEnded(Socket socket, int waitMillis) throws IOException {
		socket.setSoTimeout(waitMillis);
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	private static Socket connect() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server.port());
	}

}
