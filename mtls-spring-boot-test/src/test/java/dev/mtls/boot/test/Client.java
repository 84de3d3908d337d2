package dev.mtls.boot.test;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * The clients of {@link MtlsTestClients}.
 */
enum Client {

	REST_CLIENT(ResourceAccessException.class) {

		@Override
		String get(MtlsTestClients clients, TestPeer peer, String path) {
			return clients.restClient(peer).get().uri(path).retrieve().requiredBody(String.class);
		}

	},

	WEB_TEST_CLIENT(WebClientRequestException.class) {

		@Override
		String get(MtlsTestClients clients, TestPeer peer, String path) {
			String body = clients.webTestClient(peer)
				.get()
				.uri(path)
				.exchange()
				.returnResult(String.class)
				.getResponseBody()
				.blockFirst();
			return (body != null) ? body : "";
		}

	},

	HTTP_CLIENT(IOException.class) {

		@Override
		String get(MtlsTestClients clients, TestPeer peer, String path) throws Exception {
			return clients.httpClient(peer)
				.send(HttpRequest.newBuilder(clients.uri(path)).build(), BodyHandlers.ofString())
				.body();
		}

	};

	private final Class<? extends Throwable> failure;

	Client(Class<? extends Throwable> failure) {
		this.failure = failure;
	}

	/**
	 * What a client throws that is refused.
	 * @return the type
	 */
	Class<? extends Throwable> failure() {
		return this.failure;
	}

	abstract String get(MtlsTestClients clients, TestPeer peer, String path) throws Exception;

}
