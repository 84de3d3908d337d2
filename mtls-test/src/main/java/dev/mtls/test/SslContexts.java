package dev.mtls.test;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * Makes contexts of the JDK.
 */
final class SslContexts {

	private SslContexts() {
	}

	static SSLContext trusting(X509Certificate anchor, @Nullable KeyManager keyManager) {
		try {
			KeyStore anchors = KeyStore.getInstance("PKCS12");
			anchors.load(null, null);
			anchors.setCertificateEntry("anchor", anchor);
			TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
			trust.init(anchors);
			SSLContext context = SSLContext.getInstance("TLS");
			KeyManager[] keyManagers = (keyManager != null) ? new KeyManager[] { keyManager } : new KeyManager[0];
			context.init(keyManagers, trust.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("This Java runtime makes no TLS context", ex);
		}
	}

}
