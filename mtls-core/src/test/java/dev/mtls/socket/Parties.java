package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.PemText;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.SslContexts;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who talks to whom: a server and clients of one authority, and strangers.
 */
final class Parties {

	static final Duration BOUND = Duration.ofSeconds(15);

	static final CertificateAuthority ROOT = CertificateAuthority.create("CN=Root");

	static final CertificateAuthority OTHER_ROOT = CertificateAuthority.create("CN=Other Root");

	static final IssuedCertificate SERVER = ROOT
		.issue(CertificateRequest.server("localhost").ip("127.0.0.1").validity(Duration.ofDays(30)).build());

	static final IssuedCertificate ALICE = ROOT.issue(client("alice").build());

	private Parties() {
	}

	static CertificateRequest.Builder client(String name) {
		return CertificateRequest.client(name).dns(name + ".example.com").validity(Duration.ofDays(30));
	}

	static MtlsContextBuilder builder(IssuedCertificate issued) {
		return anonymous().certificate(issued.chainPem()).privateKey(issued.privateKeyPem());
	}

	static MtlsContextBuilder anonymous() {
		return MtlsContext.builder().trustCertificates(PemText.of(ROOT.certificate()));
	}

	static String target(MtlsListener listener) {
		return "localhost:" + listener.port();
	}

	static Socket plain(MtlsListener listener) throws IOException {
		return plain(listener.port());
	}

	private static Socket plain(int port) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout(Math.toIntExact(BOUND.toMillis()));
		socket.connect(new InetSocketAddress(loopback(), port));
		return socket;
	}

	/**
	 * Connect with TLS of the JDK alone, which trusts everybody and checks nothing.
	 * @param issued the key and chain to present
	 * @param listener where to
	 * @return the socket
	 * @throws IOException if that fails
	 */
	static SSLSocket tls(IssuedCertificate issued, MtlsListener listener) throws IOException {
		return tls(issued, listener.port());
	}

	static SSLSocket tls(IssuedCertificate issued, int port) throws IOException {
		return (SSLSocket) context(issued).getSocketFactory().createSocket(plain(port), "localhost", port, true);
	}

	/**
	 * TLS of the JDK alone, which trusts everybody and checks nothing.
	 * @param issued the key and chain to present
	 * @return a context
	 */
	static SSLContext context(IssuedCertificate issued) {
		KeyMaterial key = KeyMaterial.of("test", issued.privateKey(), issued.chain());
		return SslContexts.create(key, (presented) -> new Decision.Allow("test"), List.of());
	}

	static void send(MtlsConnection connection, String text) throws IOException {
		connection.outputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	static String receive(MtlsConnection connection, int length) throws IOException {
		return receive(connection.inputStream(), length);
	}

	static String receive(InputStream in, int length) throws IOException {
		return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
	}

	/**
	 * Echo until the end of the stream.
	 * @param connection the connection
	 * @throws IOException if that fails
	 */
	static void echo(MtlsConnection connection) throws IOException {
		connection.inputStream().transferTo(connection.outputStream());
	}

	static void assertPing(MtlsConnection connection) throws IOException {
		send(connection, "ping");
		String echoed = receive(connection, 4);
		if (!echoed.equals("ping")) {
			throw new AssertionError("Echoed: '%s'".formatted(echoed));
		}
	}

	static void assertRefused(ThrowingCallable code, Reason reason) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(code)
			.extracting(MtlsException::reason)
			.isEqualTo(reason);
	}

	static void assertCut(ThrowingCallable code, Reason reason) {
		assertThatExceptionOfType(IOException.class).isThrownBy(code)
			.havingCause()
			.isInstanceOfSatisfying(MtlsException.class, (ex) -> {
				if (ex.reason() != reason) {
					throw new AssertionError("Cut for " + ex.reason());
				}
			});
	}

	/**
	 * Wait for a condition of which nothing tells. What other threads fail with, such as
	 * a server whose client was reset, is not of this condition.
	 * @param condition the condition
	 */
	static void await(BooleanSupplier condition) {
		Awaitility.await()
			.dontCatchUncaughtExceptions()
			.atMost(BOUND)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.until(condition::getAsBoolean);
	}

	static InetAddress loopback() {
		try {
			// Unlike getLoopbackAddress() without a name
			return InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
