package dev.mtls.cli.doctor;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.mtls.tls.HandshakeRefusedException;

/**
 * How a TLS connection failed.
 *
 * @param kind in which way
 * @param detail the name of the alert, the plain text, or what the TLS stack says
 */
record Failure(Kind kind, String detail) {

	private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

	private static final int SHOWN = 60;

	/**
	 * Read an exception.
	 * @param exception what the TLS stack threw
	 * @param firstBytes the first bytes that the server sent
	 * @return the failure
	 */
	static Failure of(IOException exception, byte[] firstBytes) {
		if (firstBytes.length > 0 && !isTls(firstBytes)) {
			return new Failure(Kind.PLAIN_TEXT, firstLine(firstBytes));
		}
		for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
			Matcher alert = ALERT.matcher(String.valueOf(cause.getMessage()));
			if (alert.find()) {
				return new Failure(Kind.ALERT, alert.group(1));
			}
			if (cause instanceof HandshakeRefusedException refused) {
				return new Failure(Kind.UNTRUSTED, refused.denial().detail());
			}
			if (cause instanceof SocketTimeoutException) {
				return new Failure(Kind.TIMEOUT, "no answer in time");
			}
			if (cause instanceof EOFException) {
				return closed();
			}
			if (cause instanceof SocketException) {
				return new Failure(Kind.CLOSED, "connection reset");
			}
		}
		return new Failure(Kind.OTHER, String.valueOf(exception.getMessage()));
	}

	/**
	 * The server closed the connection.
	 * @return the failure
	 */
	static Failure closed() {
		return new Failure(Kind.CLOSED, "connection closed");
	}

	/**
	 * Say what is wrong if the handshake failed in this way before the server's
	 * certificate had arrived, or for a reason that is not about certificates.
	 * @return the finding
	 */
	Finding finding() {
		return switch (this.kind) {
			case PLAIN_TEXT -> Finding.of(Problem.PLAIN_TEXT_PORT,
					(this.detail.startsWith("HTTP/") ? "it answers in HTTP: '%s'" : "it sends '%s'")
						.formatted(this.detail));
			case TIMEOUT -> Finding.of(Problem.HANDSHAKE_TIMEOUT, this.detail);
			case CLOSED -> Finding.of(Problem.HANDSHAKE_CLOSED, this.detail);
			case ALERT -> Finding.of(problemOf(this.detail), "alert " + this.detail);
			case UNTRUSTED -> new Finding(Problem.CHAIN_REFUSED, "a further connection met another one: " + this.detail,
					"look for several servers behind this address, and give each a certificate that is right");
			case OTHER ->
				Finding.of(isMismatch(this.detail) ? Problem.PROTOCOL_OR_CIPHER_MISMATCH : Problem.HANDSHAKE_FAILED,
						this.detail);
		};
	}

	private static Problem problemOf(String alert) {
		return switch (alert) {
			case "handshake_failure", "protocol_version", "insufficient_security", "inappropriate_fallback" ->
				Problem.PROTOCOL_OR_CIPHER_MISMATCH;
			case "unrecognized_name" -> Problem.SERVER_NAME_UNKNOWN;
			default -> Problem.HANDSHAKE_FAILED;
		};
	}

	// The server chose what was not offered, as old ones do
	private static boolean isMismatch(String message) {
		return message.contains("protocol version") || message.contains("cipher suite")
				|| message.contains("No appropriate protocol");
	}

	// RFC 8446, section 5.1: the content type, and the major version 3
	private static boolean isTls(byte[] bytes) {
		return bytes[0] >= 20 && bytes[0] <= 24 && (bytes.length == 1 || bytes[1] == 3);
	}

	private static String firstLine(byte[] bytes) {
		String line = new String(bytes, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
		return (line.length() > SHOWN) ? line.substring(0, SHOWN) + "…" : line;
	}

	/**
	 * In which way a connection can fail.
	 */
	enum Kind {

		/** The server sent a fatal alert. */
		ALERT,

		/** The server closed or reset the connection. */
		CLOSED,

		/** The server did not answer in time. */
		TIMEOUT,

		/** The server answered in plain text. */
		PLAIN_TEXT,

		/** The server presented a chain that was refused. */
		UNTRUSTED,

		/** The own TLS stack refused what the server sent. */
		OTHER

	}

}
