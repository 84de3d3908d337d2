package dev.mtls.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

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

import dev.mtls.address.AddressSet;

/**
 * Looks random peers up in an {@link AddressSet}. {@link #address} is what it costs to
 * come by the bytes of those peers; the rest is the search.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = { "-Xms2g", "-Xmx2g", "-Xmn256m", "-XX:+AlwaysPreTouch" })
public class AddressSetBenchmark {

	private AddressSet set = AddressSet.builder().build();

	@Setup
	public void build(Peers peers) {
		this.set = AddressSet.of(Arrays.asList(peers.networks()));
	}

	@Benchmark
	public boolean contains(Peers peers) {
		return this.set.contains(peers.next());
	}

	@Benchmark
	public byte address(Peers peers) {
		byte[] bytes = peers.next().getAddress();
		return bytes[bytes.length - 1];
	}

}
