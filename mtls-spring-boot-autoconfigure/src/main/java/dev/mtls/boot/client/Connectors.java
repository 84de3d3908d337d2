package dev.mtls.boot.client;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.httpcomponents.HttpComponentsClients;
import dev.mtls.boot.client.jdk.GatedHttpClient;
import dev.mtls.boot.client.jdk.JdkConnectors;
import dev.mtls.boot.client.jetty.JettyClients;
import dev.mtls.boot.client.reactor.ReactorClients;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Chooses by the application's builder what fits its reactive library to a gate.
 */
final class Connectors {

	private Connectors() {
	}

	static ClientHttpConnector connector(MtlsClient client, ClientHttpConnectorBuilder<?> builder,
			HttpClientSettings settings) {
		if (builder instanceof JdkClientHttpConnectorBuilder jdk) {
			// Its requests hold their client themselves
			Rotation<GatedHttpClient> rotation = client
				.rotation((generation) -> JdkConnectors.httpClient(jdk, settings, generation));
			return JdkConnectors.connector(new RotatingHttpClient(rotation), settings);
		}
		return new RotatingClientHttpConnector(
				client.rotation((generation) -> connector(builder, settings, generation, client.options())));
	}

	private static BuiltClient<ClientHttpConnector> connector(ClientHttpConnectorBuilder<?> builder,
			HttpClientSettings settings, ClientGeneration generation, ClientOptions options) {
		if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
			return ReactorClients.connector(reactor, settings, generation, options.pool());
		}
		if (builder instanceof JettyClientHttpConnectorBuilder jetty) {
			return JettyClients.connector(jetty, settings, generation, options.pool());
		}
		if (builder instanceof HttpComponentsClientHttpConnectorBuilder httpComponents) {
			return HttpComponentsClients.connector(
					(options.retry() != null) ? HttpComponentsClients.withoutRetries(httpComponents) : httpComponents,
					settings, generation, options.pool());
		}
		throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "spring.http.clients.reactive.connector",
				"mutual TLS cannot be set up for clients of %s".formatted(builder.getClass().getName()),
				"set it to reactor, jetty, http-components or jdk, or mtls.client.apply-to-builders to false");
	}

}
