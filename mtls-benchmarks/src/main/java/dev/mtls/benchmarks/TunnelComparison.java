package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Compares a tunnel of {@code mtls tunnel} with those of HAProxy, stunnel and bare Netty,
 * each end in a process of its own. They take turns, so that what disturbs one disturbs
 * the others; the sender and the service are in this process and do not count.
 */
public final class TunnelComparison {

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 4);

	// What a start or handshakes left is given back by then, if it ever is
	private static final Duration QUIET = Duration.ofSeconds(Sizes.notNegative("quietSeconds", 10));

	private final TunnelTable table;

	private final TestBed testBed;

	private final TunnelService service;

	private TunnelComparison(TunnelTable table, TestBed testBed, TunnelService service) {
		this.table = table;
		this.testBed = testBed;
		this.service = service;
	}

	/**
	 * Run the comparison.
	 * @param args the tunnels, all if there is none; the system properties
	 * {@code warmUps}, {@code rounds}, {@code megabytes} in each direction,
	 * {@code roundTrips}, {@code starts}, {@code connections} and {@code quietSeconds}
	 * say how much is measured, {@code suite} the cipher suite of HAProxy and stunnel,
	 * {@code mtls.jar} our jar
	 */
	public static void main(String[] args) throws Exception {
		List<ComparedTunnel> tunnels = new ArrayList<>();
		for (ComparedTunnel tunnel : ComparedTunnel.values()) {
			if (args.length == 0 || List.of(args).contains(tunnel.name())) {
				String missing = tunnel.missing();
				if (missing == null) {
					tunnels.add(tunnel);
				}
				else {
					System.out.printf("%s is left out: %s%n", tunnel, missing);
				}
			}
		}
		if (tunnels.isEmpty()) {
			throw new IllegalStateException("There is no tunnel to measure");
		}
		TunnelTable table = new TunnelTable(tunnels);
		try (TestBed testBed = new TestBed();
				TunnelService service = new TunnelService(Sizes.positive("megabytes", 256) * 1_000_000L)) {
			TunnelComparison comparison = new TunnelComparison(table, testBed, service);
			comparison.starts(tunnels);
			comparison.traffic(tunnels);
		}
		table.print();
	}

	private void starts(List<ComparedTunnel> tunnels) throws IOException, InterruptedException {
		int starts = Sizes.positive("starts", 5);
		for (int i = 0; i < starts; i++) {
			for (ComparedTunnel tunnel : tunnels) {
				try (TunnelPair pair = start(tunnel)) {
					Figures round = new Figures();
					round.add(TunnelTable.START, Math.max(pair.client().startMillis(), pair.server().startMillis()));
					round.add(TunnelTable.IDLE,
							Math.max(pair.client().residentKilobytes(), pair.server().residentKilobytes()) / 1024);
					if (i == starts - 1) {
						round.add(TunnelTable.CONNECTION, kilobytesOfConnection(pair));
						round.add(TunnelTable.CONNECTION_AGAIN, kilobytesOfConnection(pair));
					}
					this.table.add(tunnel, round);
				}
			}
		}
	}

	private double kilobytesOfConnection(TunnelPair pair) throws IOException, InterruptedException {
		int count = Sizes.positive("connections", 5000);
		Thread.sleep(QUIET.toMillis());
		double server = pair.server().residentKilobytes();
		double client = pair.client().residentKilobytes();
		List<SocketChannel> channels = this.service.stand(pair.port(), count);
		Thread.sleep(QUIET.toMillis());
		double grown = Math.max(pair.server().residentKilobytes() - server, pair.client().residentKilobytes() - client);
		for (SocketChannel channel : channels) {
			channel.close();
		}
		return grown / count;
	}

	private void traffic(List<ComparedTunnel> tunnels) throws IOException, InterruptedException {
		Map<ComparedTunnel, TunnelPair> pairs = new EnumMap<>(ComparedTunnel.class);
		try {
			for (ComparedTunnel tunnel : tunnels) {
				pairs.put(tunnel, start(tunnel));
			}
			int rounds = Sizes.positive("rounds", 15);
			for (int i = 0; i < WARM_UPS + rounds; i++) {
				Map<ComparedTunnel, Figures> round = new EnumMap<>(ComparedTunnel.class);
				for (Map.Entry<ComparedTunnel, TunnelPair> pair : pairs.entrySet()) {
					round.put(pair.getKey(), round(pair.getValue()));
				}
				if (i >= WARM_UPS) {
					this.table.add(round);
				}
			}
		}
		finally {
			for (TunnelPair pair : pairs.values()) {
				pair.close();
			}
		}
	}

	private TunnelPair start(ComparedTunnel tunnel) throws IOException, InterruptedException {
		return new TunnelPair(tunnel, this.testBed, this.service.port());
	}

	private Figures round(TunnelPair pair) throws IOException {
		Figures round = new Figures();
		double seconds = pair.cpuSeconds();
		long start = System.nanoTime();
		long bytes = this.service.moveBulk(pair.port());
		round.add(TunnelTable.THROUGHPUT, bytes * 1000.0 / (System.nanoTime() - start));
		round.add(TunnelTable.CPU, (pair.cpuSeconds() - seconds) * 1e9 / bytes);
		Medians roundTrips = this.service.roundTrips(pair.port(), Sizes.positive("roundTrips", 4000));
		round.add(TunnelTable.ROUND_TRIP, roundTrips.median());
		round.add(TunnelTable.SLOW_ROUND_TRIP, roundTrips.quantile(0.99));
		return round;
	}

}
