package dev.mtls.socket;

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

import dev.mtls.gate.Gate;
import dev.mtls.trust.PeerRole;

/**
 * {@link SSLContext} of one generation of a gate, whose engines and sockets ask the gate.
 */
final class GatedSslContext extends SSLContext {

	private GatedSslContext(Gate gate, SSLContext context, ContextThreads threads) {
		super(new Spi(gate, context, threads), context.getProvider(), context.getProtocol());
	}

	/**
	 * The context of the current generation.
	 * @param gate the gate
	 * @param threads closes connections
	 * @return the context
	 */
	static SSLContext current(Gate gate, ContextThreads threads) {
		return new GatedSslContext(gate, gate.sslContext(), threads);
	}

	private static final class Spi extends SSLContextSpi {

		private final Gate gate;

		private final SSLContext context;

		private final ContextThreads threads;

		private Spi(Gate gate, SSLContext context, ContextThreads threads) {
			this.gate = gate;
			this.context = context;
			this.threads = threads;
		}

		@Override
		protected void engineInit(KeyManager @Nullable [] keyManagers, TrustManager @Nullable [] trustManagers,
				@Nullable SecureRandom random) throws KeyManagementException {
			throw new KeyManagementException("This context belongs to a gate and cannot be initialized");
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			return gated(this.context.createSSLEngine(), null, -1);
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return gated(this.context.createSSLEngine(host, port), host, port);
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			return new GatedSslSocketFactory(this.gate, this.context.getSocketFactory(), this.threads);
		}

		/**
		 * Only for the settings of server sockets: their sockets are made by the other
		 * factory.
		 */
		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			return new GatedSslServerSocketFactory(this.gate, this.context.getServerSocketFactory());
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
			SSLParameters parameters = this.context.getDefaultSSLParameters();
			SocketHandshake.apply(this.gate, this.gate.settings().tls(), parameters);
			return parameters;
		}

		@Override
		protected SSLParameters engineGetSupportedSSLParameters() {
			return this.context.getSupportedSSLParameters();
		}

		private SSLEngine gated(SSLEngine engine, @Nullable String host, int port) {
			engine.setUseClientMode(this.gate.settings().peerRole() == PeerRole.SERVER);
			SSLParameters parameters = engine.getSSLParameters();
			SocketHandshake.apply(this.gate, this.gate.settings().tls(), parameters);
			engine.setSSLParameters(parameters);
			return new GatedSslEngine(this.gate, engine, host, port);
		}

	}

}
