package dev.mtls.tls;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The chain that the peer of a TLS session presented.
 */
public final class PeerChain {

	private PeerChain() {
	}

	/**
	 * Return the chain of a session.
	 * @param session the session, new or resumed
	 * @return the peer's own certificate first; empty if it presented none
	 */
	public static List<X509Certificate> of(SSLSession session) {
		try {
			Certificate[] certificates = session.getPeerCertificates();
			return Arrays.stream(certificates).map(X509Certificate.class::cast).toList();
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

}
