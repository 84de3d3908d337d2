package dev.mtls.boot.client.jdk;

import java.security.KeyManagementException;
import java.security.SecureRandom;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;

/**
 * {@link SSLContext} of one generation, whose engines ask the gate. The JDK makes an
 * engine before it connects, so none is made while the kill switch is engaged.
 */
final class GatedSslContext extends SSLContext {

	GatedSslContext(SSLContext context, GatedConnections connections) {
		super(new Spi(context, connections), context.getProvider(), context.getProtocol());
	}

	private static final class Spi extends SSLContextSpi {

		private final SSLContext context;

		private final GatedConnections connections;

		private Spi(SSLContext context, GatedConnections connections) {
			this.context = context;
			this.connections = connections;
		}

		@Override
		protected void engineInit(KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers,
				@Nullable SecureRandom random) throws KeyManagementException {
			throw new KeyManagementException("This context belongs to a gate and cannot be initialized");
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			throw new UnsupportedOperationException("An engine needs to know the host");
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return this.connections.engine(this.context.createSSLEngine(host, port), host, port);
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			throw new UnsupportedOperationException("The HTTP client of the JDK uses engines");
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			throw new UnsupportedOperationException("This is the context of a client");
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			return this.context.getServerSessionContext();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			return this.context.getClientSessionContext();
		}

		@Override
		protected SSLParameters engineGetDefaultSSLParameters() {
			return this.context.getDefaultSSLParameters();
		}

		@Override
		protected SSLParameters engineGetSupportedSSLParameters() {
			return this.context.getSupportedSSLParameters();
		}

	}

}
