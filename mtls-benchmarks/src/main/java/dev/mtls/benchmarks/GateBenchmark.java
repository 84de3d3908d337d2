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

	private static final int PEERS = 1000;

	private final GatePeers peers = new GatePeers(PEERS);

	private final Gate gate = this.peers.open(UnaryOperator.identity());

	private final InstantSource clock = InstantSource.system();

	private @Nullable LiveConnection connection;

	private int position;

	@Setup
	public void connect() {
		for (int i = 0; i < PEERS; i++) {
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
		int peer = this.position++ % PEERS;
		return this.gate.admitPeer(this.peers.chain(peer), this.peers.address(peer));
	}

	@Benchmark
	public LiveConnection connectAndClose() {
		LiveConnection connection = connected(this.position++ % PEERS);
		connection.closed();
		return connection;
	}

	private LiveConnection connected(int peer) {
		Verdict<LiveConnection> verdict = this.gate.connect(this.peers.chain(peer), this.peers.address(peer),
				(denial) -> {
				});
		return ((Verdict.Accepted<LiveConnection>) verdict).value();
	}

}
