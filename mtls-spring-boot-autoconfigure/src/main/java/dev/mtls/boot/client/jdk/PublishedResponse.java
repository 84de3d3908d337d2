package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

import javax.net.ssl.SSLSession;

/**
 * {@link HttpResponse} with a {@link PublishedBody}.
 *
 * @param <T> the type of the body
 */
final class PublishedResponse<T> implements HttpResponse<T> {

	private final HttpResponse<T> response;

	private final T body;

	PublishedResponse(HttpResponse<T> response, T body) {
		this.response = response;
		this.body = body;
	}

	@Override
	public int statusCode() {
		return this.response.statusCode();
	}

	@Override
	public HttpRequest request() {
		return this.response.request();
	}

	@Override
	public Optional<HttpResponse<T>> previousResponse() {
		return this.response.previousResponse();
	}

	@Override
	public HttpHeaders headers() {
		return this.response.headers();
	}

	@Override
	public T body() {
		return this.body;
	}

	@Override
	public Optional<SSLSession> sslSession() {
		return this.response.sslSession();
	}

	@Override
	public URI uri() {
		return this.response.uri();
	}

	@Override
	public HttpClient.Version version() {
		return this.response.version();
	}

	@Override
	public String toString() {
		return this.response.toString();
	}

}
