package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * The client application that is compared with itself, once with the starter and once
 * without. It runs in a process of its own until its standard input ends.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ComparedClient {

	/**
	 * Asks for a round of requests, and is answered when they have ended.
	 */
	static final char REQUESTS = 'r';

	/**
	 * The property that has the number of threads that make requests at the same time.
	 */
	static final String THREADS = "benchmark.threads";

	/**
	 * The property that has the number of requests that a thread makes in a round.
	 */
	static final String REQUESTS_EACH = "benchmark.requests";

	/**
	 * The property that has the name of the library.
	 */
	static final String LIBRARY = "benchmark.library";

	/**
	 * The property that has the address to request.
	 */
	static final String URL = "benchmark.url";

	// As the starter sets it up: otherwise connections with a client certificate are not
	// lent to requests that do not say for whom they are
	@Bean
	ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> reuse() {
		return (builder) -> builder.withHttpClientCustomizer(HttpClientBuilder::disableConnectionState);
	}

	@Bean
	ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder> reactiveReuse() {
		return (builder) -> builder.withHttpClientCustomizer(HttpAsyncClientBuilder::disableConnectionState);
	}

	// As the JDK makes it, but a thread that ends would take its processor time and its
	// allocations out of the sums
	@Bean
	ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> lastingThreads() {
		return (builder) -> builder.withExecutor(lastingExecutor());
	}

	@Bean
	ClientHttpConnectorBuilderCustomizer<JdkClientHttpConnectorBuilder> lastingReactiveThreads() {
		return (builder) -> builder.withExecutor(lastingExecutor());
	}

	public static void main(String[] args) throws Exception {
		try (ConfigurableApplicationContext context = SpringApplication.run(ComparedClient.class, args)) {
			int count = context.getEnvironment().getRequiredProperty(THREADS, Integer.class);
			int requests = context.getEnvironment().getRequiredProperty(REQUESTS_EACH, Integer.class);
			URI url = context.getEnvironment().getRequiredProperty(URL, URI.class);
			Callable<String> client = OutboundLibrary.of(context.getEnvironment().getRequiredProperty(LIBRARY))
				.requester(context, url);
			ExecutorService threads = Executors.newFixedThreadPool(count);
			try {
				ComparedApplication.answer(0);
				for (int question = System.in.read(); question != -1; question = System.in.read()) {
					if (question == REQUESTS) {
						request(threads, count, () -> request(client, requests));
					}
					ComparedApplication.answer(ComparedApplication.allocatedBytes());
				}
			}
			finally {
				threads.shutdownNow();
			}
		}
	}

	private static Executor lastingExecutor() {
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.HOURS, new SynchronousQueue<>(), (task) -> {
			Thread thread = new Thread(task, "http-client");
			thread.setDaemon(true);
			return thread;
		});
	}

	private static void request(ExecutorService threads, int count, Callable<Void> requests) throws Exception {
		for (Future<Void> task : threads.invokeAll(Collections.nCopies(count, requests))) {
			task.get();
		}
	}

	private static Void request(Callable<String> client, int requests) throws Exception {
		for (int i = 0; i < requests; i++) {
			String body = client.call();
			if (!KeepAliveServer.BODY.equals(body)) {
				throw new IOException("The body is " + body);
			}
		}
		return null;
	}

}
