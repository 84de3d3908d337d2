package dev.mtls.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what a request that an application makes on a connection that is kept alive
 * costs its whole process with the starter, and with Spring Boot's own bundle over the
 * same files: processor time and allocation. Both run at the same time and make their
 * requests in turn, to a server in this process.
 */
public final class OutboundComparison {

	private static final int PAIRS = Sizes.positive("pairs", 3);

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 10);

	private static final int ROUNDS = Sizes.positive("rounds", 25);

	private static final int CONNECTIONS = Sizes.positive("connections", 4);

	private static final int REQUESTS = Sizes.positive("requests", 2000);

	private OutboundComparison() {
	}

	/**
	 * Run the comparison.
	 * @param args the libraries: {@code jdk}, {@code http-components}, {@code reactor}
	 * and {@code reactive-jdk}; the first three if there is none
	 */
	public static void main(String[] args) throws Exception {
		try (TestBed testBed = new TestBed()) {
			for (String name : (args.length > 0) ? args
					: new String[] { "jdk", "http-components", "reactive-reactor" }) {
				OutboundLibrary library = OutboundLibrary.of(name);
				Medians ratios = new Medians();
				Medians allocations = new Medians();
				for (int i = 0; i < PAIRS; i++) {
					compare(testBed, library, ratios, allocations);
				}
			}
		}
	}

	private static void compare(TestBed testBed, OutboundLibrary library, Medians ratios, Medians allocations)
			throws Exception {
		try (Load starter = new Load(testBed, OutboundVariant.STARTER, library);
				Load springBoot = new Load(testBed, OutboundVariant.SPRING_BOOT, library)) {
			for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
				boolean counts = i >= WARM_UPS;
				// Each is first as often as the other
				((i % 2 == 0) ? starter : springBoot).run(counts);
				((i % 2 == 0) ? springBoot : starter).run(counts);
				if (counts) {
					ratios.add(starter.micros.last() / springBoot.micros.last());
					allocations.add(starter.bytes.last() - springBoot.bytes.last());
				}
			}
			System.out.println(starter);
			System.out.println(springBoot);
			// After each pair, because they take long
			System.out.printf("%s: processor time with the starter, × that of Spring Boot alone: %s%n", library,
					ratios);
			System.out.printf("%s: bytes a request with the starter, beside those of Spring Boot alone: %s%n", library,
					allocations);
		}
	}

	/**
	 * A client and the server of its requests.
	 */
	private static final class Load implements AutoCloseable {

		private final Medians micros = new Medians();

		private final Medians bytes = new Medians();

		private final OutboundVariant variant;

		private final OutboundLibrary library;

		private final KeepAliveServer server;

		private final ApplicationProcess client;

		Load(TestBed testBed, OutboundVariant variant, OutboundLibrary library) throws Exception {
			this.variant = variant;
			this.library = library;
			this.server = testBed.serve();
			List<String> properties = new ArrayList<>(testBed.properties(variant));
			// The starter's own timeouts, because a client without any does less
			properties.addAll(List.of("spring.http.clients.connect-timeout=10s", "spring.http.clients.read-timeout=30s",
					library.property(), ComparedClient.LIBRARY + "=" + library, "spring.main.web-application-type=none",
					ComparedClient.THREADS + "=" + CONNECTIONS, ComparedClient.REQUESTS_EACH + "=" + REQUESTS,
					ComparedClient.URL + "=https://localhost:%d/".formatted(this.server.port())));
			this.client = new ApplicationProcess(ComparedClient.class, properties);
			this.client.answer();
		}

		void run(boolean counts) throws IOException, InterruptedException {
			long bytesBefore = this.client.ask(ComparedApplication.ALLOCATED);
			long nanosBefore = this.client.cpuTime().toNanos();
			this.client.ask(ComparedClient.REQUESTS);
			double nanos = this.client.cpuTime().toNanos() - nanosBefore;
			double allocated = this.client.ask(ComparedApplication.ALLOCATED) - bytesBefore;
			if (counts) {
				this.micros.add(nanos / 1000 / (CONNECTIONS * REQUESTS));
				this.bytes.add(allocated / (CONNECTIONS * REQUESTS));
			}
		}

		@Override
		public void close() throws IOException {
			this.client.close();
			this.server.close();
		}

		@Override
		public String toString() {
			return "%s %s: %s µs, %s bytes a request, %d handshakes".formatted(this.variant, this.library, this.micros,
					this.bytes, this.server.handshakes());
		}

	}

}
