package dev.mtls.boot.tomcat;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

import org.apache.tomcat.util.net.SSLContext;
import org.jspecify.annotations.Nullable;

import dev.mtls.gate.Gate;
import dev.mtls.material.KeyMaterial;

/**
 * Tomcat's {@link SSLContext} over the gate's current one.
 */
final class GatedSslContext implements SSLContext {

	private final Supplier<Gate> gate;

	GatedSslContext(Supplier<Gate> gate) {
		this.gate = gate;
	}

	@Override
	public void init(KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers,
			@Nullable SecureRandom random) throws KeyManagementException {
		throw new KeyManagementException("This context follows the gate and cannot be initialized");
	}

	@Override
	public void destroy() {
	}

	@Override
	public SSLSessionContext getServerSessionContext() {
		return current().getServerSessionContext();
	}

	@Override
	public SSLEngine createSSLEngine() {
		return current().createSSLEngine();
	}

	@Override
	public SSLServerSocketFactory getServerSocketFactory() {
		return current().getServerSocketFactory();
	}

	@Override
	public SSLParameters getSupportedSSLParameters() {
		return current().getSupportedSSLParameters();
	}

	@Override
	public X509Certificate[] getCertificateChain(String alias) {
		KeyMaterial key = this.gate.get().snapshot().key();
		return (key != null) ? key.chain().toArray(X509Certificate[]::new) : new X509Certificate[0];
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return this.gate.get().snapshot().trust().anchors().toArray(X509Certificate[]::new);
	}

	private javax.net.ssl.SSLContext current() {
		return this.gate.get().sslContext();
	}

}
