package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import dev.mtls.benchmarks.SteadyRequests.Phase;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;

/**
 * What the requests of another peer see while a change of the rules is loaded and 10,000
 * live connections are walked, half of which are cut: the times of requests to one server
 * during the walks and between them.
 */
public final class WalkComparison {

	private static final int CONNECTIONS = Sizes.positive("connections", 10_000);

	private static final int WARM_UPS = Sizes.notNegative("warmUps", 20);

	private static final int WALKS = Sizes.positive("walks", 100);

	private static final int PAUSE_MILLIS = Sizes.notNegative("pauseMillis", 100);

	private static final long TIMEOUT_NANOS = 10_000_000_000L;

	private final Medians walks = new Medians();

	private final AtomicInteger cut = new AtomicInteger();

	private final LiveConnection[] live = new LiveConnection[CONNECTIONS];

	private final GatePeers peers;

	private final Gate gate;

	private final Path rules;

	private WalkComparison(GatePeers peers, Gate gate, Path rules) {
		this.peers = peers;
		this.gate = gate;
		this.rules = rules;
	}

	/**
	 * Run the comparison.
	 * @param args none
	 */
	public static void main(String[] args) throws Exception {
		try (TestBed testBed = new TestBed()) {
			Path rules = testBed.directory().resolve("allowed-clients");
			Files.writeString(rules, GatePeers.ODD);
			List<String> properties = new ArrayList<>(testBed.properties(Variant.STARTER));
			properties.addAll(List.of("mtls.server.allowed-clients=" + rules.toUri(), "mtls.reload.interval=1h",
					"server.port=0", "server.tomcat.max-keep-alive-requests=-1", "logging.level.root=error",
					"spring.main.banner-mode=off"));
			try (ConfigurableApplicationContext server = new SpringApplicationBuilder(ComparedApplication.class)
				.run(properties.stream().map((property) -> "--" + property).toArray(String[]::new))) {
				int port = server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
				GatePeers peers = new GatePeers(testBed.authority(), CONNECTIONS);
				WalkComparison comparison = new WalkComparison(peers, server.getBean(Gate.class), rules);
				try (KeepAliveClient client = new KeepAliveClient(testBed.client(), port)) {
					comparison.run(client);
				}
			}
		}
	}

	private void run(KeepAliveClient client) throws Exception {
		try (SteadyRequests requests = new SteadyRequests(client)) {
			for (int i = 0; i < WARM_UPS + WALKS; i++) {
				walk(requests, i >= WARM_UPS);
			}
			System.out.printf("A change of the rules and a walk over %d connections, half of them cut: %s ms%n",
					CONNECTIONS, this.walks);
			requests.print("the walks");
		}
	}

	private void walk(SteadyRequests requests, boolean counts) throws IOException, InterruptedException {
		change(GatePeers.ODD + "\n" + GatePeers.EVEN);
		for (int i = 0; i < this.live.length; i++) {
			if (this.live[i] == null || this.live[i].denial() != null) {
				this.live[i] = connect(i);
			}
		}
		this.cut.set(0);
		requests.phase(counts ? SteadyRequests.Phase.BETWEEN : Phase.OTHER);
		Thread.sleep(PAUSE_MILLIS);
		requests.phase(counts ? SteadyRequests.Phase.DURING : Phase.OTHER);
		long begin = System.nanoTime();
		change(GatePeers.ODD);
		while (this.cut.get() < CONNECTIONS / 2) {
			if (System.nanoTime() - begin > TIMEOUT_NANOS) {
				throw new IllegalStateException("%d connections were cut".formatted(this.cut.get()));
			}
			LockSupport.parkNanos(100_000);
		}
		double millis = (System.nanoTime() - begin) / 1e6;
		requests.phase(Phase.OTHER);
		if (counts) {
			this.walks.add(millis);
		}
	}

	private void change(String identities) throws IOException {
		Files.writeString(this.rules, identities);
		this.gate.reload();
	}

	private LiveConnection connect(int peer) {
		Verdict<LiveConnection> verdict = this.gate.connect(this.peers.chain(peer), InetAddress.getLoopbackAddress(),
				(denial) -> this.cut.incrementAndGet());
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

}
