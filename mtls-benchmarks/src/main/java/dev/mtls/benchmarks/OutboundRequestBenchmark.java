package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import reactor.core.publisher.Mono;

/**
 * What the layers of the starter add to a request: the same client, which answers at once
 * and in memory, without and with them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class OutboundRequestBenchmark {

	private static final URI SERVER = URI.create("https://localhost:8443/");

	private static final HttpRequest REQUEST = HttpRequest.newBuilder(SERVER).build();

	private final OutboundLayers layers = new OutboundLayers();

	private final ClientHttpRequestFactory factory = new AnsweringRequestFactory();

	private final ClientHttpRequestFactory rotatingFactory = this.layers.rotating(this.factory);

	private final ClientHttpRequestFactory rotatingJdkFactory = this.layers.rotatingJdk(this.factory);

	private final ClientHttpConnector connector = new AnsweringConnector();

	private final ClientHttpConnector rotatingConnector = this.layers.rotating(this.connector);

	private final HttpClient httpClient = new AnsweringHttpClient();

	private final HttpClient rotatingHttpClient = this.layers.rotating(this.httpClient);

	private final ClientHttpConnector jdkConnector = new JdkClientHttpConnector(this.httpClient);

	private final ClientHttpConnector rotatingJdkConnector = this.layers.rotatingConnector(this.httpClient);

	/**
	 * A request factory as it is.
	 * @param blackhole keeps the compiler from leaving objects out
	 */
	@Benchmark
	public void imperative(Blackhole blackhole) throws IOException {
		request(this.factory, blackhole);
	}

	/**
	 * With what is laid over all of them.
	 * @param blackhole keeps the compiler from leaving objects out
	 */
	@Benchmark
	public void imperativeRotating(Blackhole blackhole) throws IOException {
		request(this.rotatingFactory, blackhole);
	}

	/**
	 * With what is laid over that of the JDK.
	 * @param blackhole keeps the compiler from leaving objects out
	 */
	@Benchmark
	public void imperativeJdkRotating(Blackhole blackhole) throws IOException {
		request(this.rotatingJdkFactory, blackhole);
	}

	/**
	 * A connector as it is.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable Object reactive() {
		return request(this.connector);
	}

	/**
	 * With what is laid over all of them.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable Object reactiveRotating() {
		return request(this.rotatingConnector);
	}

	/**
	 * The connector of the JDK as it is.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable Object reactiveJdk() {
		return request(this.jdkConnector);
	}

	/**
	 * With what is laid over it.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable Object reactiveJdkRotating() {
		return request(this.rotatingJdkConnector);
	}

	/**
	 * The client of the JDK as it is.
	 * @return the body
	 */
	@Benchmark
	public String httpClient() {
		return request(this.httpClient);
	}

	/**
	 * With what is laid over it.
	 * @return the body
	 */
	@Benchmark
	public String httpClientRotating() {
		return request(this.rotatingHttpClient);
	}

	private static void request(ClientHttpRequestFactory factory, Blackhole blackhole) throws IOException {
		ClientHttpRequest request = factory.createRequest(SERVER, HttpMethod.GET);
		blackhole.consume(request);
		request.getHeaders().set("Accept", "*/*");
		try (ClientHttpResponse response = request.execute()) {
			blackhole.consume(response);
			blackhole.consume(response.getStatusCode());
			blackhole.consume(response.getHeaders());
			blackhole.consume(response.getBody().readAllBytes());
		}
	}

	private static @Nullable Object request(ClientHttpConnector connector) {
		return connector.connect(HttpMethod.GET, SERVER, (request) -> Mono.empty())
			.flatMap((response) -> response.getBody().then())
			.block();
	}

	private static String request(HttpClient client) {
		return client.sendAsync(REQUEST, BodyHandlers.ofString()).join().body();
	}

}
