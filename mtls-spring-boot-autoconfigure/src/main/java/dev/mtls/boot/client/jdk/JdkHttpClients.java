package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

import javax.net.ssl.SSLParameters;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkHttpClientBuilder;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Fits {@link HttpClient} to a client's gate.
 */
public final class JdkHttpClients {

	private final GatedConnections connections;

	private volatile IdleConnections.@Nullable Probe probe;

	JdkHttpClients(ClientGeneration generation) {
		checkNetworks(generation);
		this.connections = new GatedConnections(generation, new IdleConnections(this::request));
	}

	/**
	 * Build a client for one generation.
	 * @param settings the settings of the application; a read timeout is for the caller
	 * to set on requests
	 * @param generation the generation
	 * @return the client
	 */
	public static BuiltClient<GatedHttpClient> httpClient(HttpClientSettings settings, ClientGeneration generation) {
		JdkHttpClients clients = new JdkHttpClients(generation);
		HttpClient client = new JdkHttpClientBuilder().withCustomizer(clients::customize)
			.build(settings.withSslBundle(null).withReadTimeout(null));
		return new BuiltClient<>(clients.gated(client), clients::close);
	}

	GatedHttpClient gated(HttpClient client) {
		probe((uri) -> client.send(HttpRequest.newBuilder(uri).method("HEAD", BodyPublishers.noBody()).build(),
				BodyHandlers.discarding()));
		return new GatedHttpClient(client, this.connections);
	}

	GatedConnections connections() {
		return this.connections;
	}

	void customize(HttpClient.Builder builder) {
		SSLParameters parameters = new SSLParameters();
		this.connections.generation().tls().applyTo(parameters);
		builder.sslContext(new GatedSslContext(this.connections.generation().sslContext(), this.connections))
			.sslParameters(parameters);
	}

	/**
	 * Set what sends a request through the client.
	 * @param probe sends it
	 */
	void probe(IdleConnections.Probe probe) {
		this.probe = probe;
	}

	/**
	 * Close the connections. The JDK ends the thread of a client when nobody refers to it
	 * any more.
	 */
	void close() {
		this.connections.close();
	}

	private static void checkNetworks(ClientGeneration generation) {
		if (generation.gate().rules().access().allowedNetworks() != null) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED,
					"allowed-networks of the client '%s'".formatted(generation.gate().settings().name()),
					"the HTTP client of the JDK does not tell which address it connects to, so that it cannot be checked",
					"use another HTTP client, such as org.apache.httpcomponents.client5:httpclient5, or remove the networks");
		}
	}

	private void request(URI uri) throws Exception {
		IdleConnections.Probe probe = this.probe;
		if (probe != null) {
			probe.request(uri);
		}
	}

}
