package dev.mtls.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;

/**
 * Makes {@link SSLContext}s, and the managers they are made of, from material and a
 * verifier.
 */
public final class SslContexts {

	private SslContexts() {
	}

	/**
	 * Make a new context. No session of an older context can be resumed with it.
	 * @param key the key and chain to present, or {@code null} to present none
	 * @param verifier decides on the peer's chain
	 * @param acceptedIssuers the anchors whose names a server tells its clients
	 * @return the context
	 */
	public static SSLContext create(@Nullable KeyMaterial key, HandshakeVerifier verifier,
			List<X509Certificate> acceptedIssuers) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			KeyManager[] keyManagers = (key != null) ? new KeyManager[] { keyManager(() -> key) } : new KeyManager[0];
			context.init(keyManagers, new TrustManager[] { trustManager(verifier, () -> acceptedIssuers) }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, "TLS", "the JDK offers no TLS context: " + ex,
					"use a JDK that has the SunJSSE provider", ex);
		}
	}

	/**
	 * Make a key manager that presents the current chain.
	 * @param key gives the key and chain, or {@code null} to present none; asked at every
	 * handshake
	 * @return the key manager
	 */
	public static X509ExtendedKeyManager keyManager(Supplier<@Nullable KeyMaterial> key) {
		return new SingleKeyManager(key);
	}

	/**
	 * Make a trust manager that asks a verifier.
	 * @param verifier decides on the peer's chain
	 * @param acceptedIssuers gives the anchors whose names a server tells its clients
	 * @return the trust manager
	 */
	public static X509ExtendedTrustManager trustManager(HandshakeVerifier verifier,
			Supplier<List<X509Certificate>> acceptedIssuers) {
		return new VerifyingTrustManager(verifier, acceptedIssuers);
	}

}
