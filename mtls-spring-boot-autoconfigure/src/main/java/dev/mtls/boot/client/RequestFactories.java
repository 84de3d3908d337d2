package dev.mtls.boot.client;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.httpcomponents.HttpComponentsClients;
import dev.mtls.boot.client.jdk.JdkRequestFactories;
import dev.mtls.boot.client.jetty.JettyClients;
import dev.mtls.boot.client.reactor.ReactorClients;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Chooses by the application's builder what fits its library to a gate.
 */
final class RequestFactories {

	private RequestFactories() {
	}

	static BuiltClient<ClientHttpRequestFactory> requestFactory(ClientHttpRequestFactoryBuilder<?> builder,
			HttpClientSettings settings, ClientGeneration generation, ClientOptions options) {
		if (builder instanceof JdkClientHttpRequestFactoryBuilder jdk) {
			return JdkRequestFactories.requestFactory(jdk, settings, generation);
		}
		if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder httpComponents) {
			return HttpComponentsClients.requestFactory(
					(options.retry() != null) ? HttpComponentsClients.withoutRetries(httpComponents) : httpComponents,
					settings, generation, options.pool());
		}
		if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty) {
			return JettyClients.requestFactory(jetty, settings, generation, options.pool());
		}
		if (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor) {
			return ReactorClients.requestFactory(reactor, settings, generation, options.pool());
		}
		throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "spring.http.clients.imperative.factory",
				"mutual TLS cannot be set up for clients of %s".formatted(builder.getClass().getName()),
				"set it to jdk, http-components, jetty or reactor, or mtls.client.apply-to-builders to false");
	}

}
