package dev.mtls.benchmarks;

import java.math.BigInteger;
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

import dev.mtls.revocation.Crl;

/**
 * Looks random serial numbers up in a CRL of a million entries, half of which are listed.
 * {@link #serialNumber} is what it costs to come by their bytes; the rest is the search.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
public class CrlLookupBenchmark {

	private static final int SOUGHT = 1 << 16;

	/**
	 * The number of entries.
	 */
	@Param("1000000")
	public int count;

	/**
	 * The length of a serial number.
	 */
	@Param({ "16", "20" })
	public int octets;

	private Crl crl = LargeCrl.of(0, 1).read();

	private BigInteger[] sought = new BigInteger[0];

	private int next;

	@Setup
	public void make() {
		LargeCrl large = LargeCrl.of(this.count, this.octets);
		this.crl = large.read();
		this.sought = large.sought(this.octets, SOUGHT);
	}

	@Benchmark
	public boolean isRevoked() {
		return this.crl.isRevoked(next());
	}

	@Benchmark
	public byte serialNumber() {
		return next().toByteArray()[0];
	}

	private BigInteger next() {
		this.next = (this.next + 1) % SOUGHT;
		return this.sought[this.next];
	}

}
