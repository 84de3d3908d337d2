package dev.mtls.boot.client.jdk;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.RequestListener;

/**
 * An {@link HttpClient} of one generation, whose exchanges are cut with their
 * connections.
 */
public final class GatedHttpClient {

	private final HttpClient client;

	private final GatedConnections connections;

	GatedHttpClient(HttpClient client, GatedConnections connections) {
		this.client = client;
		this.connections = connections;
	}

	/**
	 * The client itself, for its settings.
	 * @return the client
	 */
	public HttpClient client() {
		return this.client;
	}

	/**
	 * Send a request.
	 * @param <T> the type of the body
	 * @param request the request
	 * @param handler handles the body
	 * @param pushes handles what the server pushes, or {@code null}
	 * @param listener is told how the request ends
	 * @return the response; to cancel it cancels the exchange
	 */
	public <T> CompletableFuture<HttpResponse<T>> send(HttpRequest request, BodyHandler<T> handler,
			@Nullable PushPromiseHandler<T> pushes, RequestListener listener) {
		FutureExchange<T> exchange = new FutureExchange<>(request, handler, this.connections, listener);
		this.connections.begin(exchange);
		try {
			exchange.follow(this.client.sendAsync(request, exchange, pushes));
			return exchange;
		}
		catch (RuntimeException ex) {
			exchange.end();
			throw ex;
		}
	}

}
