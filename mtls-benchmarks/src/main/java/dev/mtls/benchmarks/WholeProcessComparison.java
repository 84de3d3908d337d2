package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compares what a keep-alive request costs the whole process of an application with the
 * starter, and of the same application with Spring Boot alone: processor time and
 * allocation. Both run at the same time and are loaded in turn.
 */
public final class WholeProcessComparison {

	private static final int PAIRS = Sizes.positive("pairs", 3);

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 8);

	private static final int ROUNDS = Sizes.positive("rounds", 25);

	private static final int CONNECTIONS = Sizes.positive("connections", 4);

	private static final int REQUESTS = Sizes.positive("requests", 4000);

	private WholeProcessComparison() {
	}

	/**
	 * Run the comparison.
	 * @param args the paths to request, {@code /hello} and {@code /whoami} if there is
	 * none
	 */
	public static void main(String[] args) throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
		try (TestBed testBed = new TestBed()) {
			for (String path : (args.length > 0) ? args : new String[] { "/hello", "/whoami" }) {
				Medians ratios = new Medians();
				Medians allocations = new Medians();
				for (int i = 0; i < PAIRS; i++) {
					compare(testBed, clients, path, ratios, allocations);
				}
				System.out.printf("%s: processor time with the starter, × that of Spring Boot alone: %s%n", path,
						ratios);
				System.out.printf("%s: bytes a request with the starter, beside those of Spring Boot alone: %s%n", path,
						allocations);
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	private static void compare(TestBed testBed, ExecutorService clients, String path, Medians ratios,
			Medians allocations) throws Exception {
		try (Load starter = new Load(testBed, Variant.STARTER, clients, path);
				Load springBoot = new Load(testBed, Variant.SPRING_BOOT, clients, path)) {
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
		}
	}

	/**
	 * A server and the requests that are made to it.
	 */
	private static final class Load implements AutoCloseable {

		private final Medians micros = new Medians();

		private final Medians bytes = new Medians();

		private final Variant variant;

		private final ExecutorService clients;

		private final String path;

		private final ServerProcess server;

		private final List<KeepAliveClient> connections = new ArrayList<>();

		Load(TestBed testBed, Variant variant, ExecutorService clients, String path) throws Exception {
			this.variant = variant;
			this.clients = clients;
			this.path = path;
			this.server = testBed.start(variant);
			for (int i = 0; i < CONNECTIONS; i++) {
				this.connections.add(new KeepAliveClient(testBed.client(), this.server.port()));
			}
		}

		void run(boolean counts) throws Exception {
			long bytesBefore = this.server.allocatedBytes();
			long nanosBefore = this.server.cpuTime().toNanos();
			List<Callable<Void>> tasks = this.connections.stream().map(this::requests).toList();
			for (Future<Void> task : this.clients.invokeAll(tasks)) {
				task.get();
			}
			double nanos = this.server.cpuTime().toNanos() - nanosBefore;
			double allocated = this.server.allocatedBytes() - bytesBefore;
			if (counts) {
				this.micros.add(nanos / 1000 / (CONNECTIONS * REQUESTS));
				this.bytes.add(allocated / (CONNECTIONS * REQUESTS));
			}
		}

		private Callable<Void> requests(KeepAliveClient connection) {
			byte[] request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(this.path)
				.getBytes(StandardCharsets.ISO_8859_1);
			return () -> {
				for (int i = 0; i < REQUESTS; i++) {
					int status = connection.get(request);
					if (status != 200) {
						throw new IOException("The status is %d".formatted(status));
					}
				}
				return null;
			};
		}

		@Override
		public void close() throws IOException {
			for (KeepAliveClient connection : this.connections) {
				connection.close();
			}
			this.server.close();
		}

		@Override
		public String toString() {
			return "%s %s: %s µs, %s bytes a request".formatted(this.variant, this.path, this.micros, this.bytes);
		}

	}

}
