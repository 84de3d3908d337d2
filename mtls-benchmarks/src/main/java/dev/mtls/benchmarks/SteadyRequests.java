package dev.mtls.benchmarks;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Requests on one connection, one after the other, while something is done to their
 * server: how long those took that met it, and those that did not.
 */
final class SteadyRequests implements AutoCloseable {

	private final Medians during = new Medians();

	private final Medians between = new Medians();

	private final ExecutorService requester = Executors.newSingleThreadExecutor();

	private final KeepAliveClient client;

	private final Future<Void> requests;

	private volatile Phase phase = Phase.OTHER;

	SteadyRequests(KeepAliveClient client) {
		this.client = client;
		this.requests = this.requester.submit(this::send);
	}

	/**
	 * Say what is done from now on.
	 * @param phase the phase
	 */
	void phase(Phase phase) {
		this.phase = phase;
	}

	/**
	 * End the requests and print how long they took.
	 * @param what what was done meanwhile
	 * @throws Exception if one of them failed
	 */
	void print(String what) throws Exception {
		this.phase = Phase.END;
		this.requests.get(1, TimeUnit.MINUTES);
		print("during " + what, this.during);
		print("between", this.between);
	}

	@Override
	public void close() {
		this.phase = Phase.END;
		this.requester.shutdownNow();
	}

	private Void send() throws IOException {
		for (Phase before = this.phase; before != Phase.END; before = this.phase) {
			long begin = System.nanoTime();
			int status = this.client.get("/hello");
			double micros = (System.nanoTime() - begin) / 1e3;
			if (status != 200) {
				throw new IOException("The status is %d".formatted(status));
			}
			if (before == Phase.DURING || this.phase == Phase.DURING) {
				this.during.add(micros);
			}
			else if (before == Phase.BETWEEN) {
				this.between.add(micros);
			}
		}
		return null;
	}

	private static void print(String when, Medians micros) {
		System.out.printf("%d requests %s: median %.0f µs, 99 %% within %.0f µs, the slowest %.0f µs%n", micros.count(),
				when, micros.median(), micros.quantile(0.99), micros.quantile(1));
	}

	/**
	 * What is done to the server.
	 */
	enum Phase {

		OTHER, BETWEEN, DURING, END

	}

}
