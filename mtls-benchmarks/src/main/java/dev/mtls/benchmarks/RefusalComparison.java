package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

/**
 * Compares how many connections from an address that is not allowed a process refuses in
 * a second of processor time: before the handshake with the starter, and by a servlet
 * filter behind a complete handshake with Spring Boot alone.
 */
public final class RefusalComparison {

	private static final int PAIRS = Sizes.positive("pairs", 2);

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 4);

	private static final int ROUNDS = Sizes.positive("rounds", 8);

	private static final int CLIENTS = Sizes.positive("clients", 4);

	private static final int RESETS = Sizes.positive("resets", 5000);

	private static final int HANDSHAKES = Sizes.positive("handshakes", 250);

	private static final String REFUSED_ADDRESS = "127.0.0.2";

	private static final int FORBIDDEN = 403;

	private RefusalComparison() {
	}

	public static void main(String[] args) throws Exception {
		Medians before = new Medians();
		Medians behind = new Medians();
		Medians ratios = new Medians();
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		try (TestBed testBed = new TestBed()) {
			for (int i = 0; i < PAIRS; i++) {
				try (ServerProcess starter = testBed.start(Variant.STARTER);
						ServerProcess filter = testBed.start(Variant.SPRING_BOOT_AND_FILTER)) {
					for (int round = 0; round < WARM_UPS + ROUNDS; round++) {
						double resets = refusals(clients, starter, RESETS, () -> beReset(starter.port()));
						AtomicInteger sessions = new AtomicInteger(round * CLIENTS * HANDSHAKES);
						double statuses = refusals(clients, filter, HANDSHAKES,
								() -> beForbidden(testBed.client(), filter.port(), sessions.incrementAndGet()));
						if (round >= WARM_UPS) {
							before.add(resets);
							behind.add(statuses);
							ratios.add(resets / statuses);
						}
					}
				}
			}
		}
		finally {
			clients.shutdownNow();
		}
		System.out.printf("Before the handshake: %s refusals a second of processor time%n", before);
		System.out.printf("By a filter behind it: %s refusals a second of processor time%n", behind);
		System.out.printf("Ratio: %s%n", ratios);
	}

	private static double refusals(ExecutorService clients, ServerProcess server, int each, Callable<Void> attempt)
			throws Exception {
		Callable<Void> attempts = () -> {
			for (int i = 0; i < each; i++) {
				attempt.call();
			}
			return null;
		};
		long before = server.cpuTime().toNanos();
		for (Future<Void> task : clients.invokeAll(Collections.nCopies(CLIENTS, attempts))) {
			task.get();
		}
		double seconds = (server.cpuTime().toNanos() - before) / 1e9;
		return CLIENTS * each / seconds;
	}

	private static Void beReset(int port) throws IOException {
		try (Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress(REFUSED_ADDRESS, 0));
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			int read = socket.getInputStream().read();
			throw new IOException("The connection was not reset, but read gave %d".formatted(read));
		}
		catch (SocketException ex) {
			// Expected: a reset while connecting or reading
			return null;
		}
	}

	private static Void beForbidden(SSLContext context, int port, int session) throws IOException {
		try (KeepAliveClient client = new KeepAliveClient(context, InetAddress.getByName(REFUSED_ADDRESS), port,
				session)) {
			int status = client.get("/hello");
			if (status != FORBIDDEN) {
				throw new IOException("The status is %d".formatted(status));
			}
			return null;
		}
	}

}
