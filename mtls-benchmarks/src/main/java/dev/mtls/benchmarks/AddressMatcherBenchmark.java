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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/**
 * Looks the same peers up in a list of Spring Security's {@link IpAddressMatcher}, which
 * takes an address as text, as {@code getRemoteAddr()} gives it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class AddressMatcherBenchmark {

	private List<IpAddressMatcher> matchers = List.of();

	@Setup
	public void build(Peers peers) {
		this.matchers = Arrays.stream(peers.networks())
			.map((network) -> new IpAddressMatcher(network.toString()))
			.toList();
	}

	@Benchmark
	public boolean matches(Peers peers) {
		String peer = peers.nextText();
		for (IpAddressMatcher matcher : this.matchers) {
			if (matcher.matches(peer)) {
				return true;
			}
		}
		return false;
	}

}
