package dev.mtls.benchmarks;

import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
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
 * Reads a CRL of a million entries, which for both includes that its signature is
 * verified. There is no warm-up, because an application reads its CRLs as one of the
 * first things it does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, jvmArgsAppend = "-Xmx4g")
public class CrlBenchmark {

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

	private LargeCrl crl = LargeCrl.of(0, 1);

	@Setup
	public void make() {
		this.crl = LargeCrl.of(this.count, this.octets);
		System.gc();
	}

	@Benchmark
	public Crl read() {
		return this.crl.read();
	}

	@Benchmark
	public X509CRL readWithJdk() throws GeneralSecurityException {
		return this.crl.readWithJdk();
	}

}
