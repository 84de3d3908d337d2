package dev.mtls.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.Rules;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;

/**
 * From a change of the rules being noticed to the end of the walk over all live
 * connections, each of another peer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 10)
@Fork(3)
public class GateWalkBenchmark {

	/**
	 * The number of live connections.
	 */
	@Param("10000")
	public int connections;

	private final AtomicInteger cut = new AtomicInteger();

	private volatile List<IdentityPattern> identities = List.of();

	private LiveConnection[] live = {};

	private @Nullable GatePeers peers;

	private @Nullable Gate gate;

	@Setup
	public void open() {
		this.peers = new GatePeers(this.connections);
		this.gate = this.peers.open(this::customize);
		this.live = new LiveConnection[this.connections];
		Arrays.setAll(this.live, this::connect);
	}

	@Setup(Level.Invocation)
	public void reconnect() {
		change(List.of());
		for (int i = 0; i < this.live.length; i++) {
			if (this.live[i].denial() != null) {
				this.live[i] = connect(i);
			}
		}
		this.cut.set(0);
	}

	@Benchmark
	public int allStay() {
		change(identities(GatePeers.ODD, GatePeers.EVEN));
		return expectCut(0);
	}

	@Benchmark
	public int halfIsCut() {
		change(identities(GatePeers.ODD));
		return expectCut(this.connections / 2);
	}

	private void change(List<IdentityPattern> identities) {
		this.identities = identities;
		Objects.requireNonNull(this.gate).reload();
	}

	private int expectCut(int expected) {
		if (this.cut.get() != expected) {
			throw new IllegalStateException("%d connections were cut, not %d".formatted(this.cut.get(), expected));
		}
		return expected;
	}

	private Rules customize(Rules rules) {
		List<IdentityPattern> identities = this.identities;
		return identities.isEmpty() ? rules : new Rules(new AccessPolicy(rules.access().allowedNetworks(), identities),
				rules.pins(), rules.authorities());
	}

	private LiveConnection connect(int peer) {
		GatePeers peers = Objects.requireNonNull(this.peers);
		Verdict<LiveConnection> verdict = Objects.requireNonNull(this.gate)
			.connect(peers.chain(peer), peers.address(peer), (denial) -> this.cut.incrementAndGet());
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

	private static List<IdentityPattern> identities(String... rules) {
		return Arrays.stream(rules).map(IdentityPattern::parse).toList();
	}

}
