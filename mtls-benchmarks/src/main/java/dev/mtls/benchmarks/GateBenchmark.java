package dev.mtls.benchmarks;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;

/**
 * What a connection costs at the gate: at each request, and once after its handshake,
 * when its path has been verified before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class GateBenchmark {

	/**
	 * The number of distinct peers.
	 */
	@Param("1000")
	public int peers;

	private final InstantSource clock = InstantSource.system();

	private @Nullable GatePeers gatePeers;

	private @Nullable Gate gate;

	private @Nullable LiveConnection connection;

	private int position;

	@Setup
	public void connect() {
		this.gatePeers = new GatePeers(this.peers);
		this.gate = this.gatePeers.open(UnaryOperator.identity());
		for (int i = 0; i < this.peers; i++) {
			this.connection = connected(i);
		}
	}

	// What there is to it beside two comparisons
	@Benchmark
	public long clock() {
		return this.clock.millis();
	}

	@Benchmark
	public boolean isAdmitted() {
		return Objects.requireNonNull(this.connection).isAdmitted();
	}

	@Benchmark
	public Verdict<Admission> admitPeer() {
		int peer = this.position++ % this.peers;
		GatePeers peers = Objects.requireNonNull(this.gatePeers);
		return Objects.requireNonNull(this.gate).admitPeer(peers.chain(peer), peers.address(peer));
	}

	@Benchmark
	public LiveConnection connectAndClose() {
		LiveConnection connection = connected(this.position++ % this.peers);
		connection.closed();
		return connection;
	}

	private LiveConnection connected(int peer) {
		GatePeers peers = Objects.requireNonNull(this.gatePeers);
		Verdict<LiveConnection> verdict = Objects.requireNonNull(this.gate)
			.connect(peers.chain(peer), peers.address(peer), (denial) -> {
			});
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

}
