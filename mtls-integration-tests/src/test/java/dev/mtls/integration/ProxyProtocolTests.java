package dev.mtls.integration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.address.AddressText;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for the PROXY protocol before TLS, on the servers that can speak it.
 */
@Tag("servers")
@DisabledIfSystemProperty(named = "mtls.test.server", matches = "tomcat",
		disabledReason = "Tomcat has no PROXY protocol")
class ProxyProtocolTests {

	private static final String CLIENT = "api.example.com";

	private static final String PROXY = "127.0.0.2";

	private static final String TEXT = "PROXY TCP4 203.0.113.7 198.51.100.1 56324 443\r\n";

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	// 203.0.113.7 to 198.51.100.1
	private static final String BINARY = SIGNATURE + "2111000c" + "cb007107c6336401dc0401bb";

	private static final int TIMEOUT_MILLIS = 20_000;

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext context = authority.client(CLIENT).sslContext(authority);

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(properties(PROXY, "203.0.113.0/24,2001:db8::/32"));
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
	void peerHasTheAddressThatTheProxyTells() throws IOException {
		assertServed(ascii(TEXT), "203.0.113.7");
		assertServed(ascii("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n"), "2001:db8::1");
		assertServed(HexFormat.of().parseHex(BINARY), "203.0.113.7");
		assertServed(
				HexFormat.of()
					.parseHex(SIGNATURE + "21210024"
							+ "20010db800000000000000000000000120010db8000000000000000000000002" + "dc0401bb"),
				"2001:db8::1");
		assertServed(HexFormat.of().parseHex(SIGNATURE + "21110013" + "cb007107c6336401dc0401bb" + "04000461626364"),
				"203.0.113.7");
	}

	@Test
	void addressOfARequestIsTheOneThatTheProxyTells() throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.getOutputStream().write(ascii(TEXT));
			assertThat(get(socket, "/address")).startsWith("HTTP/1.1 200").contains("203.0.113.7");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY TCP4 198.51.100.1 203.0.113.7 56324 443\r\n",
			"PROXY TCP6 2001:db9::1 2001:db8::2 56324 443\r\n", "PROXY UNKNOWN\r\n" })
	void addressThatIsNotListedIsRefusedBeforeTls(String header) throws IOException {
		assertReset(PROXY, ascii(header));
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void proxyThatSpeaksForItselfIsHeldToTheListToo() throws IOException {
		assertReset(PROXY, HexFormat.of().parseHex(SIGNATURE + "20000000"));
		assertThat(AddressText.of(refused(Reason.ADDRESS_NOT_ALLOWED))).isEqualTo(PROXY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 203.0.113.7 198.51.100.1 56324 443\n",
			"PROXY TCP4 203.0.113.7 198.51.100.1 56324\r\n", "PROXY TCP4 203.0.113.7.1 198.51.100.1 1 2\r\n",
			"PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" })
	void headerThatIsMissingOrMalformedIsRefused(String header) throws IOException {
		assertReset(PROXY, ascii(header));
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@ParameterizedTest
	@ValueSource(strings = { SIGNATURE + "2111ffff", SIGNATURE + "1111000ccb007107c6336401dc0401bb",
			SIGNATURE + "2111000b" + "cb007107c6336401dc0401",
			"0d0a0d0a000d0a515549540b2111000ccb007107c6336401dc0401bb" })
	void binaryHeaderThatIsMalformedIsRefused(String hex) throws IOException {
		assertReset(PROXY, HexFormat.of().parseHex(hex));
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY TCP4 203.0.113.7", "P", "\r\n\r\n" })
	void headerThatIsTruncatedIsRefused(String header) throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.getOutputStream().write(ascii(header));
			socket.shutdownOutput();
			assertThat(drain(socket)).isEmpty();
		}
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void headerThatTakesTooLongIsRefused() throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.getOutputStream().write(ascii("PROXY "));
			assertThat(drain(socket)).isEmpty();
		}
		assertRefused(Reason.HANDSHAKE_TIMEOUT);
	}

	@Test
	void headerInPiecesIsRead() throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.setTcpNoDelay(true);
			for (byte next : HexFormat.of().parseHex(BINARY)) {
				socket.getOutputStream().write(next);
				socket.getOutputStream().flush();
			}
			assertThat(get(socket, "/optional/identity")).startsWith("HTTP/1.1 200");
		}
	}

	@Test
	void peerThatIsNoProxyIsRefusedWhateverItTells() throws IOException {
		assertReset("127.0.0.1", ascii(TEXT));
		assertThat(AddressText.of(refused(Reason.ADDRESS_NOT_ALLOWED))).isEqualTo("127.0.0.1");
		assertReset("127.0.0.1", ascii(""));
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void headerCountsOnce() throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.getOutputStream().write(ascii(TEXT + TEXT));
			assertThatIOException().isThrownBy(() -> get(socket, "/optional/identity"));
		}
	}

	private static void assertServed(byte[] header, String address) throws IOException {
		try (Socket socket = connect(PROXY)) {
			socket.getOutputStream().write(header);
			// Needs a certificate, which a filter decides by the address of the request
			assertThat(get(socket, "/optional/identity")).startsWith("HTTP/1.1 200").contains(CLIENT);
		}
		InetAddress told = server.events().await(MtlsEvent.PeerAdmitted.class).address();
		assertThat(AddressText.of(Objects.requireNonNull(told))).isEqualTo(address);
	}

	private static void assertReset(String from, byte[] header) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(header);
		bytes.write(ClientHello.bytes());
		assertThat(answer(from, bytes.toByteArray())).isEmpty();
	}

	private static byte[] answer(String from, byte[] bytes) {
		try (Socket socket = connect(from)) {
			socket.getOutputStream().write(bytes);
			return drain(socket);
		}
		catch (IOException ex) {
			// Reset before anything was written
			return new byte[0];
		}
	}

	private static byte[] drain(Socket socket) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (InputStream in = socket.getInputStream()) {
			in.transferTo(bytes);
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The connection was not closed", ex);
		}
		catch (IOException ex) {
			// Reset
		}
		return bytes.toByteArray();
	}

	private static void assertRefused(Reason reason) {
		refused(reason);
	}

	private static InetAddress refused(Reason reason) {
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).isEqualTo(reason);
		return (refused.address() != null) ? refused.address() : InetAddress.getLoopbackAddress();
	}

	private static String get(Socket socket, String path) throws IOException {
		try (SSLSocket tls = (SSLSocket) context.getSocketFactory()
			.createSocket(socket, "localhost", server.port(), true)) {
			tls.getOutputStream()
				.write("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path)
					.getBytes(StandardCharsets.US_ASCII));
			return new String(tls.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static Socket connect(String from) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout(TIMEOUT_MILLIS);
		socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), TIMEOUT_MILLIS);
		return socket;
	}

	private static String[] properties(String proxies, String clients) {
		return ServerFiles.write(authority, directory)
			.properties("mtls.server.proxy-protocol.proxy-networks=" + proxies,
					"mtls.server.allowed-networks=" + clients, "mtls.server.allowed-clients=dns:" + CLIENT,
					"mtls.server.excluded-paths=/optional/name", "mtls.server.limits.handshake-timeout=2s");
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
