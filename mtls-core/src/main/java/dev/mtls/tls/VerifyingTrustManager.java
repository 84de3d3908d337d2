package dev.mtls.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.trust.PeerRole;

/**
 * {@link X509ExtendedTrustManager} that asks a {@link HandshakeVerifier}, and refuses the
 * chain if that fails.
 */
final class VerifyingTrustManager extends X509ExtendedTrustManager {

	private final HandshakeVerifier verifier;

	private final Supplier<List<X509Certificate>> acceptedIssuers;

	VerifyingTrustManager(HandshakeVerifier verifier, Supplier<List<X509Certificate>> acceptedIssuers) {
		this.verifier = verifier;
		this.acceptedIssuers = acceptedIssuers;
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		verify(chain, PeerRole.CLIENT, null, null);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		verify(chain, PeerRole.CLIENT, null, socket);
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		verify(chain, PeerRole.CLIENT, null, engine);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
		verify(chain, PeerRole.SERVER, null, null);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
			throws CertificateException {
		SSLSession session = (socket instanceof SSLSocket sslSocket) ? sslSocket.getHandshakeSession() : null;
		verify(chain, PeerRole.SERVER, hostOf(session), socket);
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		String host = hostOf(engine.getHandshakeSession());
		verify(chain, PeerRole.SERVER, (host != null) ? host : engine.getPeerHost(), engine);
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.acceptedIssuers.get().toArray(X509Certificate[]::new);
	}

	private void verify(X509Certificate[] chain, PeerRole role, @Nullable String host, @Nullable Object connection)
			throws HandshakeRefusedException {
		if (decide(new PresentedChain(List.of(chain), role, host, connection)) instanceof Decision.Deny denial) {
			throw new HandshakeRefusedException((host != null) ? host : "the peer", denial);
		}
	}

	private Decision decide(PresentedChain presented) throws HandshakeRefusedException {
		try {
			return this.verifier.verify(presented);
		}
		catch (RuntimeException ex) {
			// A TLS stack that is thrown such an exception sends its peer no alert
			throw new HandshakeRefusedException(new Decision.Deny(Reason.INTERNAL,
					"the verification failed with %s".formatted(ex.getClass().getName())), ex);
		}
	}

	private static @Nullable String hostOf(@Nullable SSLSession session) {
		return (session != null) ? session.getPeerHost() : null;
	}

}
