package dev.mtls.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer with one live connection of each kind: idle over HTTP/1.1, with a request under
 * way over HTTP/2, and a WebSocket.
 */
final class LivePeer implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final String name;

	private final TestServer server;

	private final Connection http1;

	private final CompletableFuture<HttpResponse<String>> http2;

	private final CompletableFuture<Instant> http1End;

	private final CompletableFuture<Instant> http2End;

	private final Echo echo = new Echo();

	private final WebSocket webSocket;

	private LivePeer(TestServer server, SSLContext context, String name) throws IOException, InterruptedException {
		this.server = server;
		this.name = name;
		this.http1 = Connection.open(context, "TLSv1.3", server.port());
		assertThat(this.http1.get("/peer")).isEqualTo(name);
		HttpClient client = HttpClient.newBuilder().sslContext(context).build();
		HttpResponse<String> response = client.send(request("/peer"), HttpResponse.BodyHandlers.ofString());
		assertThat(response.body()).isEqualTo(name);
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		int waiting = waiting().waiting();
		this.http2 = client.sendAsync(request("/wait"), HttpResponse.BodyHandlers.ofString());
		this.http2End = this.http2.handle((body, failure) -> Instant.now());
		Awaitility.await().atMost(BOUND).until(() -> waiting().waiting() > waiting);
		this.webSocket = client.newWebSocketBuilder()
			.buildAsync(URI.create("wss://127.0.0.1:%d/echo".formatted(server.port())), this.echo)
			.orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
			.join();
		assertThat(echo("hello")).isEqualTo("hello");
		this.http1End = new CompletableFuture<>();
	}

	static LivePeer connect(TestServer server, SSLContext context, String name)
			throws IOException, InterruptedException {
		return new LivePeer(server, context, name);
	}

	/**
	 * Wait for the end of all connections.
	 * @return when each of them ended
	 */
	Map<String, Instant> awaitEnds() throws InterruptedException {
		this.http1End.completeAsync(this.http1::awaitEnd);
		Map<String, Instant> ends = new LinkedHashMap<>();
		ends.put("HTTP/1.1", await(this.http1End));
		ends.put("HTTP/2", await(this.http2End));
		ends.put("WebSocket", await(this.echo.end));
		assertThat(this.http2).as("a request over HTTP/2").isCompletedExceptionally();
		return ends;
	}

	/**
	 * See that each connection goes on answering.
	 */
	void assertAlive() throws IOException, InterruptedException {
		assertThat(this.http1.get("/peer")).as("HTTP/1.1").isEqualTo(this.name);
		assertThat(echo("still there")).as("WebSocket").isEqualTo("still there");
		assertThat(this.http2).as("HTTP/2").isNotDone();
		waiting().release();
		assertThat(await(this.http2).body()).as("HTTP/2").isEqualTo(this.name);
	}

	@Override
	public void close() throws IOException {
		this.webSocket.abort();
		this.http1.close();
		waiting().release();
	}

	private WaitController waiting() {
		return this.server.bean(WaitController.class);
	}

	private HttpRequest request(String path) {
		return HttpRequest.newBuilder(this.server.uri(path)).timeout(BOUND).build();
	}

	private @Nullable String echo(String text) throws InterruptedException {
		this.webSocket.sendText(text, true).orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS).join();
		return this.echo.texts.poll(BOUND.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
		try {
			return future.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new AssertionError("Nothing within " + BOUND, ex);
		}
	}

	/**
	 * The client's end of a WebSocket.
	 */
	private static final class Echo implements WebSocket.Listener {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		private final CompletableFuture<Instant> end = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
			this.texts.add(text.toString());
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.end.complete(Instant.now());
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.end.complete(Instant.now());
		}

	}

}
