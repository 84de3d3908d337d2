package dev.mtls.boot.client.jetty;

import org.eclipse.jetty.client.HttpClient;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.decision.MtlsException;

/**
 * Builds Jetty's {@link HttpClient} for one generation of a client's gate. A builder's
 * own customizers come first: TLS is ours, all else stays theirs.
 * <p>
 * Jetty has no bound on the connections in all, so {@link ClientPool#maxConnections()
 * that one} is not applied. A lifetime ends a connection at the next request after it.
 * Jetty hands over the end of a response before it returns the connection to the pool; a
 * response of an imperative client is closed only then, so that a request which follows
 * at once finds the connection.
 * <p>
 * HTTP/2 is spoken where a builder's transport speaks it; HTTP/3 is refused, because its
 * TLS is not the JDK's. Where there is a proxy, its address is the one that is decided
 * on, and a proxy that is spoken to in TLS is admitted as a server is.
 */
public final class JettyClients {

	private JettyClients() {
	}

	/**
	 * Build a client for imperative use. It starts with its first request.
	 * @param builder a builder
	 * @param settings timeouts and the like; an SSL bundle in it is ignored
	 * @param generation the generation
	 * @param pool bounds of the connection pool
	 * @return the client; once closed, it does not start again
	 * @throws MtlsException if the builder's transport cannot be put behind the gate
	 */
	public static BuiltClient<ClientHttpRequestFactory> requestFactory(JettyClientHttpRequestFactoryBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool) {
		GatedHttpClient client = new GatedHttpClient(generation, pool);
		ReturnedConnections connections = new ReturnedConnections();
		ClientHttpRequestFactory factory = builder.withClientConnectorCustomizerCustomizer(client::customize)
			.withHttpClientCustomizer(client::customize)
			.withHttpClientCustomizer(connections::customize)
			.build(settings.withSslBundle(null));
		return new BuiltClient<>(connections.awaitedBy(factory), client::close, client::counts);
	}

	/**
	 * Build a client for reactive use. It starts with its first request.
	 * @param builder a builder
	 * @param settings timeouts and the like; an SSL bundle in it is ignored
	 * @param generation the generation
	 * @param pool bounds of the connection pool
	 * @return the client; once closed, it does not start again
	 * @throws MtlsException if the builder's transport cannot be put behind the gate
	 */
	public static BuiltClient<ClientHttpConnector> connector(JettyClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool) {
		GatedHttpClient client = new GatedHttpClient(generation, pool);
		return new BuiltClient<>(builder.withClientConnectorCustomizerCustomizer(client::customize)
			.withHttpClientCustomizer(client::customize)
			.build(settings.withSslBundle(null)), client::close, client::counts);
	}

}
