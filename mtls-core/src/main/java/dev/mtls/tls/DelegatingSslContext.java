package dev.mtls.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;

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
 * {@link SSLContext} that asks for the current context whenever a connection begins, so
 * that whoever holds it follows every change. Connections that stand are not touched.
 */
public final class DelegatingSslContext extends SSLContext {

	private DelegatingSslContext(Supplier<SSLContext> current) {
		super(new Spi(current), current.get().getProvider(), current.get().getProtocol());
	}

	/**
	 * Make a context that follows another.
	 * @param current gives the context that new connections use; asked for each
	 * @return the context
	 */
	public static SSLContext of(Supplier<SSLContext> current) {
		return new DelegatingSslContext(current);
	}

	private static final class Spi extends SSLContextSpi {

		private final Supplier<SSLContext> current;

		private Spi(Supplier<SSLContext> current) {
			this.current = current;
		}

		@Override
		protected void engineInit(KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers,
				@Nullable SecureRandom random) throws KeyManagementException {
			throw new KeyManagementException("This context follows another and cannot be initialized");
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			return new DelegatingSslSocketFactory(() -> this.current.get().getSocketFactory());
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			return new DelegatingSslServerSocketFactory(this.current);
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			return this.current.get().createSSLEngine();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return this.current.get().createSSLEngine(host, port);
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			return this.current.get().getServerSessionContext();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			return this.current.get().getClientSessionContext();
		}

		@Override
		protected SSLParameters engineGetDefaultSSLParameters() {
			return this.current.get().getDefaultSSLParameters();
		}

		@Override
		protected SSLParameters engineGetSupportedSSLParameters() {
			return this.current.get().getSupportedSSLParameters();
		}

	}

}
