package dev.mtls.source;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * One request and its response.
 */
// What hangs on a future is only told that it ended, and throws nothing
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpExchange {

	private static final Set<String> SCHEMES = Set.of("http", "https");

	private static final String CHECK_ADDRESS = "Check the address, and whether the network lets this process reach it";

	private final String place;

	private final HttpRequest request;

	private final HttpLimits limits;

	private final CompletableFuture<byte[]> content = new CompletableFuture<>();

	/**
	 * Create an exchange, whose time runs from now on.
	 * @param uri where to send the request
	 * @param method sets the method and its body
	 * @param limits the limits that it keeps
	 * @throws MtlsException when the URI is none that may be asked
	 */
	HttpExchange(URI uri, UnaryOperator<HttpRequest.Builder> method, HttpLimits limits) {
		this.place = placeOf(uri);
		this.request = request(uri, method);
		this.limits = limits;
		// The timeout of a request of the JDK ends with the head of the response
		this.content.orTimeout(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
	}

	String place() {
		return this.place;
	}

	CompletableFuture<Document> document(Executor executor) {
		return this.content.handleAsync((bytes, failure) -> {
			if (failure != null) {
				throw describe(failure);
			}
			return Document.of(this.place, bytes);
		}, executor);
	}

	void whenEnded(Runnable action) {
		this.content.whenComplete((bytes, failure) -> action.run());
	}

	void fail(MtlsException failure) {
		this.content.completeExceptionally(failure);
	}

	void sendWith(HttpClient client) {
		if (this.content.isDone()) {
			return;
		}
		try {
			CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(this.request,
					(head) -> new HttpBody(this.place, this.limits.maxBytes(), head));
			response.thenAccept((received) -> this.content.complete(received.body())).exceptionally((failure) -> {
				this.content.completeExceptionally(failure);
				return null;
			});
			// What has run out of time must not go on
			this.content.whenComplete((bytes, failure) -> response.cancel(true));
		}
		catch (RuntimeException ex) {
			this.content.completeExceptionally(ex);
		}
	}

	private HttpRequest request(URI uri, UnaryOperator<HttpRequest.Builder> method) {
		if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
			throw unusable("Only http and https are possible", null);
		}
		if (uri.getRawUserInfo() != null) {
			throw unusable("An address cannot hold a user or password", null);
		}
		try {
			return method.apply(HttpRequest.newBuilder(uri)).build();
		}
		catch (IllegalArgumentException ex) {
			throw unusable("It is no address that can be asked", ex);
		}
	}

	private MtlsException unusable(String problem, @Nullable Throwable cause) {
		return new MtlsException(Reason.SOURCE_UNREADABLE, this.place, problem,
				"Give an address such as http://crl.example.com/ca.crl", cause);
	}

	private MtlsException describe(Throwable failure) {
		// Without the cause, whose message may repeat what the server said as it said it
		Throwable reason = failure;
		while (reason instanceof CompletionException && reason.getCause() != null) {
			reason = reason.getCause();
		}
		// The client of the JDK wraps what ends a body
		for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException refusal) {
				return refusal;
			}
		}
		if (reason instanceof TimeoutException) {
			return unreadable("There is no whole answer within %d ms".formatted(this.limits.timeout().toMillis()));
		}
		String message = (reason.getMessage() != null) ? reason.getMessage() : reason.getClass().getSimpleName();
		return unreadable(((reason instanceof IOException) ? "It cannot be read: " : "It cannot be asked: ") + message);
	}

	private MtlsException unreadable(String problem) {
		return new MtlsException(Reason.SOURCE_UNREADABLE, this.place, problem, CHECK_ADDRESS);
	}

	private static String placeOf(URI uri) {
		// Without user and query, which may be secret
		if (uri.getScheme() == null || uri.getHost() == null) {
			return (uri.getScheme() != null) ? uri.getScheme() + ":…" : "…";
		}
		String port = (uri.getPort() >= 0) ? ":" + uri.getPort() : "";
		// In ASCII, because a path may hold characters that turn the direction of text
		String path = URI.create(uri.toASCIIString()).getRawPath();
		return "%s://%s%s%s".formatted(uri.getScheme(), uri.getHost(), port, path);
	}

}
