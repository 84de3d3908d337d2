package dev.mtls.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.mtls.test.PemFiles;

/**
 * Compares a TCP server behind a gate with bare Netty and bare Reactor Netty, all with
 * netty-tcnative, each in a process of its own. They take turns, so that what disturbs
 * one disturbs the others.
 */
public final class TcpComparison {

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 8);

	private static final int ROUNDS = Sizes.positive("rounds", 25);

	private static final int HANDSHAKES = Sizes.positive("handshakes", 500);

	private static final int CONCURRENT = Sizes.positive("concurrent", 4);

	private static final int ECHOES = Sizes.positive("echoes", 5000);

	private static final int BULK_BYTES = Math.multiplyExact(Sizes.positive("mebibytes", 64), 1024 * 1024);

	private static final int IDLE = Sizes.positive("connections", 10_000);

	private TcpComparison() {
	}

	/**
	 * Run comparisons.
	 * @param args {@code full}, {@code resumed}, {@code echo}, {@code bulk} and
	 * {@code idle}; all if there is none
	 */
	public static void main(String[] args) throws Exception {
		try (TestBed testBed = new TestBed()) {
			for (String name : (args.length > 0) ? args : new String[] { "full", "resumed", "echo", "bulk", "idle" }) {
				switch (name) {
					case "full" -> handshakes(testBed, false);
					case "resumed" -> handshakes(testBed, true);
					case "echo" -> echo(testBed);
					case "bulk" -> bulk(testBed);
					case "idle" -> idle(testBed);
					default -> throw new IllegalArgumentException("There is no comparison '%s'".formatted(name));
				}
			}
		}
	}

	private static void handshakes(TestBed testBed, boolean resuming) throws Exception {
		PemFiles client = testBed.clientFiles();
		String what = resuming ? "resumed" : "full";
		compare(testBed, ComparedTcpServer.Kind.NETTY, (server, figures) -> {
			try (TcpPeers peers = new TcpPeers(client.certificate(), client.privateKey(), resuming)) {
				if (resuming) {
					peers.handshakes(server.port(), CONCURRENT, 1);
				}
				int before = peers.fullHandshakes();
				long nanos = server.cpuNanos();
				peers.handshakes(server.port(), HANDSHAKES, CONCURRENT);
				figures.add("%s handshake, server's processor time, µs".formatted(what),
						(server.cpuNanos() - nanos) / 1000.0 / HANDSHAKES);
				int full = peers.fullHandshakes() - before;
				if (full != (resuming ? 0 : HANDSHAKES)) {
					throw new IllegalStateException("%d of %d handshakes were full".formatted(full, HANDSHAKES));
				}
			}
		});
	}

	private static void echo(TestBed testBed) throws Exception {
		byte[] message = new byte[64];
		compare(testBed, ComparedTcpServer.Kind.REACTOR_NETTY, (server, figures) -> {
			try (SSLSocket socket = connect(testBed.client(), server.port())) {
				Medians micros = new Medians();
				for (int i = 0; i < ECHOES; i++) {
					long start = System.nanoTime();
					socket.getOutputStream().write(message);
					new DataInputStream(socket.getInputStream()).readFully(message);
					micros.add((System.nanoTime() - start) / 1000.0);
				}
				figures.add("echo of 64 bytes, median, µs", micros.median());
				figures.add("echo of 64 bytes, p99, µs", micros.quantile(0.99));
			}
		});
	}

	private static void bulk(TestBed testBed) throws Exception {
		compare(testBed, ComparedTcpServer.Kind.REACTOR_NETTY, (server, figures) -> {
			try (SSLSocket socket = connect(testBed.client(), server.port())) {
				OutputStream output = socket.getOutputStream();
				long nanos = server.cpuNanos();
				long start = System.nanoTime();
				FutureTask<Void> writer = new FutureTask<>(() -> write(output), null);
				new Thread(writer).start();
				new DataInputStream(socket.getInputStream()).skipNBytes(BULK_BYTES);
				writer.get();
				figures.add("bulk both ways, seconds a GB", (System.nanoTime() - start) / 1.0 / BULK_BYTES);
				figures.add("bulk both ways, server's processor seconds a GB",
						(server.cpuNanos() - nanos) / 1.0 / BULK_BYTES);
			}
		});
	}

	private static void idle(TestBed testBed) throws Exception {
		for (ComparedTcpServer.Kind kind : ComparedTcpServer.Kind.values()) {
			PemFiles client = testBed.clientFiles();
			try (Server server = new Server(testBed, kind)) {
				// What handshakes leave behind once is not the cost of a connection
				try (TcpPeers peers = new TcpPeers(client.certificate(), client.privateKey(), false)) {
					peers.handshakes(server.port(), IDLE, CONCURRENT);
				}
				long before = server.residentBytes();
				try (TcpPeers peers = new TcpPeers(client.certificate(), client.privateKey(), false)) {
					peers.stand(server.port(), IDLE);
					System.out.printf("%s: %.1f KB a connection, of %d idle ones%n", kind,
							(server.residentBytes() - before) / 1024.0 / IDLE, IDLE);
				}
			}
		}
	}

	private static void compare(TestBed testBed, ComparedTcpServer.Kind other, Load load) throws Exception {
		try (Server ours = new Server(testBed, ComparedTcpServer.Kind.GATE);
				Server theirs = new Server(testBed, other)) {
			Figures ratios = new Figures();
			for (int i = 0; i < WARM_UPS + ROUNDS; i++) {
				// Each is first as often as the other
				Figures first = run(load, (i % 2 == 0) ? ours : theirs);
				Figures second = run(load, (i % 2 == 0) ? theirs : ours);
				if (i >= WARM_UPS) {
					Figures round = (i % 2 == 0) ? first : second;
					Figures otherRound = (i % 2 == 0) ? second : first;
					ours.figures.addAll(round);
					theirs.figures.addAll(otherRound);
					ratios.addRatios(round, otherRound);
				}
			}
			ours.figures.print("GATE");
			theirs.figures.print(other.toString());
			ratios.print("GATE, × %s".formatted(other));
		}
	}

	private static Figures run(Load load, Server server) throws Exception {
		Figures figures = new Figures();
		load.run(server, figures);
		return figures;
	}

	private static void write(OutputStream output) {
		byte[] chunk = new byte[64 * 1024];
		try {
			for (int i = 0; i < BULK_BYTES / chunk.length; i++) {
				output.write(chunk);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("The server takes no more", ex);
		}
	}

	private static SSLSocket connect(SSLContext context, int port) throws IOException {
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
		socket.setTcpNoDelay(true);
		socket.setEnabledCipherSuites(new String[] { "TLS_AES_128_GCM_SHA256" });
		socket.startHandshake();
		return socket;
	}

	/**
	 * What a server is made to do in a round.
	 */
	@FunctionalInterface
	private interface Load {

		void run(Server server, Figures figures) throws Exception;

	}

	/**
	 * A {@link ComparedTcpServer} in a process of its own.
	 */
	private static final class Server implements AutoCloseable {

		private final Figures figures = new Figures();

		private final ApplicationProcess process;

		private final int port;

		Server(TestBed testBed, ComparedTcpServer.Kind kind) throws IOException, InterruptedException {
			List<String> options = new ArrayList<>(List.of("kind=" + kind));
			options.addAll(testBed.serverOptions());
			this.process = new ApplicationProcess(ComparedTcpServer.class, options);
			this.port = (int) this.process.answer();
		}

		int port() {
			return this.port;
		}

		long cpuNanos() throws IOException {
			return this.process.cpuTime().toNanos();
		}

		long residentBytes() throws IOException, InterruptedException {
			return this.process.ask(ComparedTcpServer.RESIDENT);
		}

		@Override
		public void close() throws IOException {
			this.process.close();
		}

	}

}
