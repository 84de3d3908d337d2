package dev.mtls.source;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Gets documents over HTTP within bounds of time, size and number. The addresses may come
 * from a peer's certificate and the answers from anybody: only {@code http} and
 * {@code https} are spoken, no redirect is followed, nothing but status 200 counts, and
 * nothing is decompressed. An {@code https} server must be trusted by the JDK.
 * <p>
 * The returned futures fail with an {@link MtlsException} whose reason is
 * {@code SOURCE_UNREADABLE}. They complete on the executor, whose threads must not wait
 * for them. To cancel one does not end its exchange; its timeout does.
 */
public final class HttpFetcher implements AutoCloseable {

	private final HttpLimits limits;

	private final Executor executor;

	private final Set<HttpExchange> running = new HashSet<>();

	private final Deque<HttpExchange> waiting = new ArrayDeque<>();

	private @Nullable HttpClient client;

	/**
	 * Create a fetcher.
	 * @param limits how much it does at most
	 * @param executor runs what an exchange has to do; it stays the caller's
	 */
	public HttpFetcher(HttpLimits limits, Executor executor) {
		this.limits = limits;
		this.executor = executor;
		// 1.1, because an upgrade to 2 would announce itself to servers without TLS
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(limits.timeout())
			.executor(executor)
			.build();
	}

	/**
	 * Get a document.
	 * @param uri where it is
	 * @return the document, whose place is the URI without its query
	 */
	public CompletableFuture<Document> get(URI uri) {
		return fetch(uri, HttpRequest.Builder::GET);
	}

	/**
	 * Get the answer to a request.
	 * @param uri where to send the request
	 * @param contentType the media type of its body
	 * @param body its body
	 * @return the answer, whose place is the URI without its query
	 */
	public CompletableFuture<Document> post(URI uri, String contentType, byte[] body) {
		byte[] copy = body.clone();
		return fetch(uri, (request) -> request.header("Content-Type", contentType)
			.POST(HttpRequest.BodyPublishers.ofByteArray(copy)));
	}

	/**
	 * End all exchanges and begin no other. The JDK ends the thread of its client once
	 * that is no longer used.
	 */
	@Override
	public void close() {
		List<HttpExchange> open;
		synchronized (this.running) {
			this.client = null;
			open = new ArrayList<>(this.waiting);
			open.addAll(this.running);
			this.waiting.clear();
		}
		open.forEach((exchange) -> exchange.fail(closed(exchange.place())));
	}

	private CompletableFuture<Document> fetch(URI uri, UnaryOperator<HttpRequest.Builder> method) {
		HttpExchange exchange;
		try {
			exchange = new HttpExchange(uri, method, this.limits);
		}
		catch (MtlsException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<Document> document = exchange.document(this.executor);
		exchange.whenEnded(() -> end(exchange));
		begin(exchange);
		return document;
	}

	private void begin(HttpExchange exchange) {
		HttpClient current;
		boolean waits = false;
		boolean runs = false;
		synchronized (this.running) {
			current = this.client;
			if (current != null && this.running.size() < this.limits.maxExchanges()) {
				runs = this.running.add(exchange);
			}
			else if (current != null && this.waiting.size() < this.limits.maxWaiting()) {
				waits = this.waiting.add(exchange);
			}
		}
		if (current == null) {
			exchange.fail(closed(exchange.place()));
		}
		else if (runs) {
			exchange.sendWith(current);
		}
		else if (!waits) {
			exchange.fail(tooMany(exchange.place()));
		}
	}

	private void end(HttpExchange exchange) {
		HttpClient current;
		HttpExchange next;
		synchronized (this.running) {
			current = this.client;
			this.waiting.remove(exchange);
			next = this.running.remove(exchange) ? this.waiting.poll() : null;
			if (next != null) {
				this.running.add(next);
			}
		}
		if (next != null && current != null) {
			next.sendWith(current);
		}
	}

	private MtlsException tooMany(String place) {
		return new MtlsException(Reason.SOURCE_UNREADABLE, place,
				"%d exchanges run and %d wait already".formatted(this.limits.maxExchanges(), this.limits.maxWaiting()),
				"Wait until servers answer, or look for one that does not");
	}

	private static MtlsException closed(String place) {
		return new MtlsException(Reason.SOURCE_UNREADABLE, place, "Nothing is fetched any more",
				"Fetch it before the application stops");
	}

}
