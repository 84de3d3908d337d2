package dev.mtls.cli.doctor;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Failure}, and for connections that {@link Connection} cannot open.
 */
class FailureTests {

	private static final byte[] NONE = {};

	private static final byte[] RECORD = { 22, 3, 3, 0 };

	@ParameterizedTest
	@MethodSource
	void findingOfExceptionTellsTheProblem(IOException exception, byte[] firstBytes, Problem expected, String detail) {
		Finding finding = Failure.of(exception, firstBytes).finding();
		assertThat(finding.problem()).isEqualTo(expected);
		assertThat(finding.detail()).contains(detail);
	}

	static Stream<Arguments> findingOfExceptionTellsTheProblem() {
		SSLException unrecognized = new SSLException("Unsupported or unrecognized SSL message");
		return Stream.of(
				Arguments.of(unrecognized, text("HTTP/1.1 400 \r\nServer: x"), Problem.PLAIN_TEXT_PORT,
						"it answers in HTTP: 'HTTP/1.1 400 '"),
				Arguments.of(unrecognized, text("220 mail\u001b[2J\r\n"), Problem.PLAIN_TEXT_PORT,
						"it sends '220 mail\\u001b[2J'"),
				Arguments.of(unrecognized, new byte[] { 22, 0 }, Problem.PLAIN_TEXT_PORT, "it sends"),
				Arguments.of(new SSLHandshakeException("Received fatal alert: handshake_failure"), RECORD,
						Problem.PROTOCOL_OR_CIPHER_MISMATCH, "alert handshake_failure"),
				Arguments.of(new SSLHandshakeException("Received fatal alert: insufficient_security"), RECORD,
						Problem.PROTOCOL_OR_CIPHER_MISMATCH, "alert insufficient_security"),
				Arguments.of(
						new SSLHandshakeException(
								"The server selected protocol version TLS10 is not accepted by client preferences"),
						RECORD, Problem.PROTOCOL_OR_CIPHER_MISMATCH, "TLS10"),
				Arguments.of(new SSLException("reading", new SocketTimeoutException("timed out")), RECORD,
						Problem.HANDSHAKE_TIMEOUT, "no answer in time"),
				Arguments.of(new SSLHandshakeException("terminated").initCause(new EOFException()), NONE,
						Problem.HANDSHAKE_CLOSED, "connection closed"),
				Arguments.of(new SSLException("reading", new SocketException("Connection reset")), NONE,
						Problem.HANDSHAKE_CLOSED, "connection reset"),
				Arguments.of(new SSLException("odd"), RECORD, Problem.HANDSHAKE_FAILED, "odd"));
	}

	@ParameterizedTest
	@MethodSource
	void findingOfConnectionTellsTheProblem(IOException exception, Problem expected) {
		InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
		assertThat(Connection.findingOf(peer, exception).problem()).isEqualTo(expected);
	}

	static Stream<Arguments> findingOfConnectionTellsTheProblem() {
		return Stream.of(
				Arguments.of(new ConnectException("Connection refused (Connection refused)"),
						Problem.CONNECTION_REFUSED),
				Arguments.of(new SocketException("Connection reset by peer"), Problem.HANDSHAKE_CLOSED),
				Arguments.of(new SocketTimeoutException("Connect timed out"), Problem.CONNECT_TIMEOUT),
				Arguments.of(new ConnectException("Connection timed out"), Problem.CONNECT_TIMEOUT),
				Arguments.of(new NoRouteToHostException("No route to host"), Problem.UNREACHABLE),
				Arguments.of(new ConnectException("Network is unreachable"), Problem.UNREACHABLE));
	}

	@Test
	void parseWhenAddressIsInBracketsIsTarget() {
		assertThat(Target.parse("[::1]:8443")).isEqualTo(new Target("::1", 8443)).hasToString("[::1]:8443");
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
