package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

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
 * Tests for what a refused address gets: nothing.
 */
@Tag("servers")
class AddressRefusalTests {

	private static final byte[] ALLOWED = { 127, 0, 0, 1 };

	private static final byte[] REFUSED = { 127, 0, 0, 2 };

	private static final int HANDSHAKE = 22;

	private static final int TIMEOUT_MILLIS = 20_000;

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer
			.start(ServerFiles.write(authority, directory).properties("mtls.server.allowed-networks=127.0.0.1"));
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
	void connectionWhenAddressIsRefusedAndClientIsSilentGetsNoByte() throws IOException {
		assertThat(connectAndSend(REFUSED, new byte[0])).isEmpty();
		assertRefused();
	}

	@Test
	void connectionWhenAddressIsRefusedAndClientSaysHelloGetsNoByte() throws Exception {
		assertThat(connectAndSend(REFUSED, ClientHello.bytes())).isEmpty();
		assertRefused();
	}

	@Test
	void connectionWhenAddressIsRefusedAndClientSpeaksPlainHttpGetsNoByte() throws IOException {
		assertThat(connectAndSend(REFUSED, new byte[] { 'G', 'E', 'T', ' ', '/', '\r', '\n', '\r', '\n' })).isEmpty();
		assertRefused();
	}

	@Test
	void connectionWhenAddressIsAllowedGetsBytes() throws Exception {
		assertThat(connectAndSend(ALLOWED, ClientHello.bytes())).startsWith(HANDSHAKE);
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
	}

	private void assertRefused() {
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		assertThat(refused.address()).isNotNull().extracting(InetAddress::getAddress).isEqualTo(REFUSED);
		assertThat(refused.identity()).isNull();
		assertThat(server.events().drain()).isEmpty();
	}

	/**
	 * Connect, send and read.
	 * @param from the address of the client
	 * @param bytes what it sends
	 * @return what came first, empty if the connection ended without a byte
	 */
	private static byte[] connectAndSend(byte[] from, byte[] bytes) throws IOException {
		ByteBuffer received = ByteBuffer.allocate(1);
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
			untilReset(() -> {
				socket.connect(new InetSocketAddress(InetAddress.getByAddress(ALLOWED), server.port()));
				untilReset(() -> socket.getOutputStream().write(bytes));
				// What came before a reset can still be read after it
				int first = socket.getInputStream().read();
				if (first >= 0) {
					received.put((byte) first);
				}
			});
		}
		return Arrays.copyOf(received.array(), received.position());
	}

	private static void untilReset(Step step) throws IOException {
		try {
			step.run();
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageMatching(".*(reset|Broken pipe).*");
		}
	}

	/**
	 * Something to do with a connection.
	 */
	private interface Step {

		void run() throws IOException;

	}

}
