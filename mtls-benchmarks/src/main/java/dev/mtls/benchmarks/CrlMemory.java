package dev.mtls.benchmarks;

import dev.mtls.revocation.Crl;

/**
 * Prints how much heap a CRL of a million entries holds: what is in use before and after
 * it was read, and its bytes dropped.
 */
public final class CrlMemory {

	private static final int COUNT = Sizes.positive("entries", 1_000_000);

	private CrlMemory() {
	}

	public static void main(String[] args) throws InterruptedException {
		for (int octets : new int[] { 4, 8, 16, 20 }) {
			measure(octets);
		}
	}

	private static void measure(int octets) throws InterruptedException {
		LargeCrl large = LargeCrl.of(COUNT, octets);
		large.read();
		long without = used();
		Crl crl = large.read();
		long bytes = used() - without;
		System.out.printf("serial numbers of %d octets: %d entries, %d bytes, %.2f an entry; %d bytes of DER%n", octets,
				crl.size(), bytes, (double) bytes / crl.size(), large.der().length);
	}

	private static long used() throws InterruptedException {
		Runtime runtime = Runtime.getRuntime();
		for (int i = 0; i < 5; i++) {
			System.gc();
			Thread.sleep(100);
		}
		return runtime.totalMemory() - runtime.freeMemory();
	}

}
