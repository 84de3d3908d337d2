package dev.mtls.integration;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that send one request after the other: on a connection kept alive over
 * HTTP/1.1, over HTTP/2, and each on a connection of its own.
 */
final class Load implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final int PROGRESS = 3;

	private final List<Client> clients;

	private final ExecutorService executor;

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final Set<X509Certificate> seenServers = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	private Load(TestServer server, SSLContext context, String name) {
		this.clients = List.of(new Client(keptAlive(server, context, name, HttpClient.Version.HTTP_1_1)),
				new Client(keptAlive(server, context, name, HttpClient.Version.HTTP_2)),
				new Client(newConnection(server, new TlsClient(context, "TLSv1.3"), name)),
				new Client(newConnection(server, new TlsClient(context, "TLSv1.2"), name)));
		this.executor = Executors.newFixedThreadPool(this.clients.size());
		this.clients.forEach((client) -> this.executor.execute(() -> run(client)));
	}

	/**
	 * Begin to send requests to {@code /peer}.
	 * @param server the server
	 * @param context the clients' TLS context
	 * @param name the display name that the server has to answer
	 * @return the running load
	 */
	static Load on(TestServer server, SSLContext context, String name) {
		return new Load(server, context, name);
	}

	/**
	 * Await that each client has sent a few more requests, or that a request has failed.
	 */
	void awaitProgress() {
		List<Integer> before = this.clients.stream().map(Client::requests).toList();
		Awaitility.await()
			.atMost(BOUND)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.until(() -> !this.failures.isEmpty() || hasProgressed(before));
	}

	List<Throwable> failures() {
		return List.copyOf(this.failures);
	}

	Set<X509Certificate> seenServers() {
		return Set.copyOf(this.seenServers);
	}

	@Override
	public void close() {
		this.stopped = true;
		this.executor.shutdown();
		Awaitility.await().atMost(BOUND).until(this.executor::isTerminated);
	}

	private boolean hasProgressed(List<Integer> before) {
		for (int client = 0; client < before.size(); client++) {
			if (this.clients.get(client).requests() < before.get(client) + PROGRESS) {
				return false;
			}
		}
		return true;
	}

	private void run(Client client) {
		while (!this.stopped && this.failures.isEmpty()) {
			try {
				client.request().send();
				client.count().incrementAndGet();
			}
			catch (Exception | AssertionError ex) {
				this.failures.add(ex);
			}
		}
	}

	private static Request keptAlive(TestServer server, SSLContext context, String name, HttpClient.Version version) {
		HttpClient client = HttpClient.newBuilder().sslContext(context).version(version).build();
		HttpRequest request = HttpRequest.newBuilder(server.uri("/peer")).timeout(BOUND).build();
		return () -> {
			HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(response.body()).isEqualTo(name);
			assertThat(response.version()).isEqualTo(version);
		};
	}

	private Request newConnection(TestServer server, TlsClient client, String name) {
		return () -> {
			TlsClient.Response response = client.get(server.port(), "/peer");
			assertThat(response.body()).isEqualTo(name);
			this.seenServers.add(response.server());
		};
	}

	/**
	 * Sends a request and checks the response.
	 */
	private interface Request {

		void send() throws IOException, InterruptedException;

	}

	/**
	 * A client and how many of its requests have succeeded.
	 */
	private record Client(Request request, AtomicInteger count) {

		private Client(Request request) {
			this(request, new AtomicInteger());
		}

		private int requests() {
			return this.count.get();
		}

	}

}
