package dev.mtls.cli.doctor;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;

import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.tls.HandshakeVerifier;
import dev.mtls.tls.PresentedChain;

/**
 * Verifier that notes the server's chain before it judges it. For connections one after
 * the other.
 */
final class ObservingVerifier implements HandshakeVerifier {

	private final Function<List<X509Certificate>, Decision> judge;

	private List<X509Certificate> chain = List.of();

	private String protocol = "";

	private String cipherSuite = "";

	ObservingVerifier(Function<List<X509Certificate>, Decision> judge) {
		this.judge = judge;
	}

	@Override
	public synchronized Decision verify(PresentedChain presented) {
		this.chain = presented.certificates();
		if (presented.connection() instanceof SSLSocket socket) {
			note(socket.getHandshakeSession());
		}
		return this.judge.apply(this.chain);
	}

	/**
	 * Note what was agreed on.
	 * @param session the session, which {@code null} or an invalid one is not
	 */
	synchronized void note(@Nullable SSLSession session) {
		if (session != null) {
			this.protocol = session.getProtocol();
			this.cipherSuite = session.getCipherSuite();
		}
	}

	/**
	 * Forget the connection before.
	 */
	synchronized void forget() {
		this.chain = List.of();
		this.protocol = "";
		this.cipherSuite = "";
	}

	/**
	 * The server's chain of the connection.
	 * @return the chain, empty if none was presented, as when a session is resumed
	 */
	synchronized List<X509Certificate> chain() {
		return this.chain;
	}

	/**
	 * The protocol of the connection.
	 * @return the protocol, empty if none was agreed on
	 */
	synchronized String protocol() {
		return this.protocol;
	}

	/**
	 * The cipher suite of the connection.
	 * @return the cipher suite, empty if none was agreed on
	 */
	synchronized String cipherSuite() {
		return this.cipherSuite;
	}

}
