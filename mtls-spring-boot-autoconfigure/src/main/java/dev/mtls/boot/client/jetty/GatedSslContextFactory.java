package dev.mtls.boot.client.jetty;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.tls.TlsProfile;

/**
 * {@link SslContextFactory.Client} with the context and profile of a generation.
 */
final class GatedSslContextFactory extends SslContextFactory.Client
		implements SslClientConnectionFactory.SslEngineFactory {

	private final TlsProfile profile;

	private final Map<SSLEngine, ConnectionPromise> promises = new ConcurrentHashMap<>();

	GatedSslContextFactory(ClientGeneration generation) {
		this.profile = generation.tls();
		setSslContext(generation.sslContext());
		setRenegotiationAllowed(false);
		// The trust manager checks the host name, where it is to be checked
		setEndpointIdentificationAlgorithm(null);
	}

	@Override
	public SSLEngine newSslEngine(String host, int port, Map<String, Object> context) {
		SSLEngine engine = newSSLEngine(host, port);
		ConnectionPromise promise = ConnectionPromise.replace(context);
		if (promise != null) {
			this.promises.put(engine, promise);
		}
		return engine;
	}

	@Nullable ConnectionPromise takePromise(SSLEngine engine) {
		return this.promises.remove(engine);
	}

	@Override
	public SSLParameters customize(SSLParameters parameters) {
		SSLParameters customized = super.customize(parameters);
		this.profile.applyTo(customized);
		return customized;
	}

	/**
	 * Would warn that host names are not checked.
	 */
	@Override
	protected void checkEndPointIdentificationAlgorithm() {
	}

}
