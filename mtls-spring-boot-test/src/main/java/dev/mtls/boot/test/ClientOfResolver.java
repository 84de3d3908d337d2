package dev.mtls.boot.test;

import java.net.http.HttpClient;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.client.RestClient;

/**
 * Resolves {@link ClientOf @ClientOf} as Spring resolves its own {@code @Value}.
 */
final class ClientOfResolver extends ContextAnnotationAutowireCandidateResolver {

	private final MtlsTestClients clients;

	ClientOfResolver(MtlsTestClients clients) {
		this.clients = clients;
	}

	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		ClientOf annotation = descriptor.getAnnotation(ClientOf.class);
		return (annotation != null) ? client(descriptor, annotation.value()) : super.getSuggestedValue(descriptor);
	}

	private Object client(DependencyDescriptor descriptor, TestPeer peer) {
		Class<?> type = descriptor.getDependencyType();
		if (type == RestClient.class) {
			return this.clients.restClient(peer);
		}
		if (type == WebTestClient.class) {
			return this.clients.webTestClient(peer);
		}
		if (type == HttpClient.class) {
			return this.clients.httpClient(peer);
		}
		throw new IllegalStateException(
				"@ClientOf cannot be bound to %s: use RestClient, WebTestClient or HttpClient".formatted(descriptor));
	}

}
