package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what one client, or all together, may use up of a server.
 */
@Tag("servers")
class ConnectionLimitTests {

	private static final int TIMEOUT_MILLIS = 20_000;

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext alice = authority.client("alice.example.com").sslContext(authority);

	private static final SSLContext bob = authority.client("bob.example.com").sslContext(authority);

	@TempDir
	private Path directory;

	@Test
	void connectionWhenAddressHasAsManyAsAllowedIsResetUntilOneEnds() throws IOException {
		try (TestServer server = start("mtls.server.limits.connections-per-address=2");
				Connection first = Connection.open(alice, "TLSv1.3", server.port())) {
			Socket second = connect(server, 1);
			assertThat(first.get("/peer")).isEqualTo("alice.example.com");
			assertThat(isReset(server, 1)).isTrue();
			assertRefused(server, Reason.CONNECTION_LIMIT);
			assertThat(isReset(server, 2)).isFalse();
			second.close();
			awaitAdmission(server);
			assertThat(first.get("/peer")).isEqualTo("alice.example.com");
		}
	}

	@Test
	void connectionWhenThereAreAsManyAsAllowedInAllIsResetUntilOneEnds() throws IOException {
		try (TestServer server = start("mtls.server.limits.connections=2");
				Connection first = Connection.open(alice, "TLSv1.3", server.port())) {
			Socket second = connect(server, 2);
			Awaitility.await().until(() -> isReset(server, 3));
			second.close();
			awaitAdmission(server);
			assertThat(first.get("/peer")).isEqualTo("alice.example.com");
		}
	}

	@Test
	void connectionWhenIdentityHasAsManyAsAllowedIsClosedUntilOneEnds() throws IOException {
		try (TestServer server = start("mtls.server.limits.connections-per-identity=1");
				Connection other = Connection.open(bob, "TLSv1.3", server.port())) {
			assertThat(other.get("/peer")).isEqualTo("bob.example.com");
			try (Connection first = Connection.open(alice, "TLSv1.3", server.port())) {
				assertThat(first.get("/peer")).isEqualTo("alice.example.com");
				server.events().drain();
				assertThatExceptionOfType(IOException.class)
					.isThrownBy(() -> new TlsClient(alice, "TLSv1.3").get(server.port(), "/peer"));
				assertRefused(server, Reason.CONNECTION_LIMIT);
				assertThat(first.get("/peer")).isEqualTo("alice.example.com");
			}
			awaitAdmission(server);
			assertThat(other.get("/peer")).isEqualTo("bob.example.com");
		}
	}

	@Test
	void handshakesWhenAddressBeginsTooManyAreResetUntilNextSecond() throws IOException {
		try (TestServer server = start("mtls.server.limits.handshakes-per-second=3")) {
			List<Boolean> resets = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				resets.add(isReset(server, 1));
			}
			assertThat(resets).startsWith(false).filteredOn((reset) -> !reset).hasSizeLessThan(20);
			assertRefused(server, Reason.HANDSHAKE_RATE);
			assertThat(isReset(server, 2)).isFalse();
			awaitAdmission(server);
		}
	}

	private TestServer start(String property) {
		return TestServer.start(ServerFiles.write(authority, this.directory).properties(property));
	}

	private static void assertRefused(TestServer server, Reason reason) {
		assertThat(server.events().await(MtlsEvent.PeerRefused.class, (event) -> event.reason() == reason)).isNotNull();
	}

	// The server may take a moment to see the end of a connection
	private static void awaitAdmission(TestServer server) {
		Awaitility.await()
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> new TlsClient(alice, "TLSv1.3").get(server.port(), "/peer").status() == 200);
	}

	private static Socket connect(TestServer server, int client) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout(TIMEOUT_MILLIS);
		socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] { 127, 0, 0, (byte) client }), 0));
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), TIMEOUT_MILLIS);
		return socket;
	}

	/**
	 * Whether a connection ends before a byte comes, although a handshake is begun.
	 * @param server the server
	 * @param client the last number of the client's address
	 * @return whether it does
	 */
	private static boolean isReset(TestServer server, int client) throws IOException {
		try (Socket socket = connect(server, client)) {
			socket.getOutputStream().write(ClientHello.bytes());
			return socket.getInputStream().read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
	}

}
