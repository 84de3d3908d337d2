package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * {@link HttpClient} that passes on to another.
 */
public abstract class DelegatingHttpClient extends HttpClient {

	/**
	 * The client that does the work.
	 * @return the client
	 */
	protected abstract HttpClient current();

	@Override
	public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
			throws IOException, InterruptedException {
		CompletableFuture<HttpResponse<T>> response = sendAsync(request, handler);
		try {
			return response.get();
		}
		catch (InterruptedException ex) {
			response.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			throw thrownBy(ex);
		}
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
		return sendAsync(request, handler, null);
	}

	@Override
	public final WebSocket.Builder newWebSocketBuilder() {
		return current().newWebSocketBuilder();
	}

	@Override
	public final Optional<CookieHandler> cookieHandler() {
		return current().cookieHandler();
	}

	@Override
	public final Optional<Duration> connectTimeout() {
		return current().connectTimeout();
	}

	@Override
	public final Redirect followRedirects() {
		return current().followRedirects();
	}

	@Override
	public final Optional<ProxySelector> proxy() {
		return current().proxy();
	}

	@Override
	public final SSLContext sslContext() {
		return current().sslContext();
	}

	@Override
	public final SSLParameters sslParameters() {
		return current().sslParameters();
	}

	@Override
	public final Optional<Authenticator> authenticator() {
		return current().authenticator();
	}

	@Override
	public final Version version() {
		return current().version();
	}

	@Override
	public final Optional<Executor> executor() {
		return current().executor();
	}

	private static IOException thrownBy(ExecutionException failure) throws IOException {
		Throwable cause = failure.getCause();
		if (cause instanceof RuntimeException unchecked) {
			throw unchecked;
		}
		return (cause instanceof IOException io) ? io : new IOException(cause);
	}

}
