package dev.mtls.boot.client.httpcomponents;

import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Builds clients of Apache HttpComponents for one generation of a gate. What the
 * application has customized stays, except the TLS strategy, the connection manager, the
 * state of connections (which would prevent their reuse under mutual TLS) and, of the
 * asynchronous client, the session listener.
 * <p>
 * All bounds of a {@link ClientPool} are applied. A connection that became too old is
 * closed when it is next asked for, or up to a tenth of the idle time and at least a
 * second later. The imperative client speaks HTTP/1.1 only, the reactive one HTTP/2 where
 * the server chooses it.
 * <p>
 * Through a proxy it is the proxy's address that is decided on, and a proxy that is
 * reached by TLS is checked like a server. Where a customizer replaces the resolver of
 * the connection manager, rather than that of the builder, an address that is not allowed
 * is noticed only when the connection stands, before a byte is sent.
 */
public final class HttpComponentsClients {

	private HttpComponentsClients() {
	}

	/**
	 * Build an imperative client.
	 * @param builder the builder, as the application has customized it
	 * @param settings timeouts, redirects, cookies and address filter; their SSL bundle
	 * is ignored
	 * @param generation the generation
	 * @param pool the bounds of the pool
	 * @return the client
	 */
	public static BuiltClient<ClientHttpRequestFactory> requestFactory(
			HttpComponentsClientHttpRequestFactoryBuilder builder, HttpClientSettings settings,
			ClientGeneration generation, ClientPool pool) {
		return new GatedRequestFactory(generation, pool).build(builder, settings);
	}

	/**
	 * Build a reactive client.
	 * @param builder the builder, as the application has customized it
	 * @param settings timeouts, redirects and address filter; their SSL bundle is ignored
	 * @param generation the generation
	 * @param pool the bounds of the pool
	 * @return the client
	 */
	public static BuiltClient<ClientHttpConnector> connector(HttpComponentsClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool) {
		return new GatedConnector(generation, pool).build(builder, settings);
	}

	/**
	 * Have clients try nothing again by themselves, because somebody above does.
	 * @param builder the application's builder
	 * @return the builder to use
	 */
	public static HttpComponentsClientHttpRequestFactoryBuilder withoutRetries(
			HttpComponentsClientHttpRequestFactoryBuilder builder) {
		return builder.withHttpClientCustomizer(HttpClientBuilder::disableAutomaticRetries);
	}

	/**
	 * Have reactive clients try nothing again by themselves, because somebody above does.
	 * @param builder the application's builder
	 * @return the builder to use
	 */
	public static HttpComponentsClientHttpConnectorBuilder withoutRetries(
			HttpComponentsClientHttpConnectorBuilder builder) {
		return builder.withHttpClientCustomizer(HttpAsyncClientBuilder::disableAutomaticRetries);
	}

}
