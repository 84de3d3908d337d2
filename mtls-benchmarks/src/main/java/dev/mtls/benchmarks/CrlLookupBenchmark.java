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
 * Looks random serial numbers up in a CRL of a million entries. {@link #serialNumber} is
 * what it costs to come by their bytes; the rest is the search.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "-Xmx4g")
public class CrlLookupBenchmark {

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

	/**
	 * The number of distinct serial numbers that are looked up, a power of two.
	 */
	@Param({ "1024", "65536" })
	public int sought;

	/**
	 * How many of a hundred of them are listed.
	 */
	@Param({ "0", "50", "100" })
	public int listed;

	private Crl crl = LargeCrl.of(0, 1).read();

	private BigInteger[] serialNumbers = new BigInteger[0];

	private int next;

	@Setup
	public void make() {
		LargeCrl large = LargeCrl.of(this.count, this.octets);
		this.crl = large.read();
		this.serialNumbers = large.sought(this.octets, this.sought, this.listed);
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
		return this.serialNumbers[this.next++ & (this.serialNumbers.length - 1)];
	}

}
