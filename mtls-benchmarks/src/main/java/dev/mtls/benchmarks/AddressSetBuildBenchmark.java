package dev.mtls.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

import dev.mtls.address.AddressSet;
import dev.mtls.address.Cidr;

/**
 * Builds sets of a million networks. There is no warm-up, because an application builds
 * its set as one of the first things it does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, jvmArgsAppend = "-Xmx2g")
public class AddressSetBuildBenchmark {

	/**
	 * The family of the networks.
	 */
	@Param({ "IPV4", "IPV6" })
	public AddressFamily family = AddressFamily.IPV4;

	/**
	 * The number of networks.
	 */
	@Param("1000000")
	public int count;

	private List<Cidr> networks = List.of();

	private List<String> lines = List.of();

	@Setup
	public void prepare() {
		this.networks = Arrays.asList(this.family.networks(this.count));
		this.lines = this.networks.stream().map(Cidr::toString).toList();
	}

	@Benchmark
	public AddressSet ofNetworks() {
		return AddressSet.of(this.networks);
	}

	@Benchmark
	public AddressSet ofLines() {
		AddressSet.Builder builder = AddressSet.builder();
		this.lines.forEach(builder::add);
		return builder.build();
	}

}
