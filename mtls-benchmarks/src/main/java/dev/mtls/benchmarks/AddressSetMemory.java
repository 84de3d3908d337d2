package dev.mtls.benchmarks;

import java.util.Arrays;

import dev.mtls.address.AddressSet;

/**
 * Prints how much heap a set of a million networks holds: what is in use before and after
 * it was built.
 */
public final class AddressSetMemory {

	private static final int COUNT = Sizes.positive("networks", 1_000_000);

	private static final int INDEX = (1 << 16) * Integer.BYTES;

	private AddressSetMemory() {
	}

	public static void main(String[] args) throws InterruptedException {
		for (AddressFamily family : AddressFamily.values()) {
			measure(family);
		}
	}

	private static void measure(AddressFamily family) throws InterruptedException {
		long without = used();
		AddressSet set = AddressSet.of(Arrays.asList(family.networks(COUNT)));
		long bytes = used() - without;
		int ranges = set.size();
		System.out.printf("%s: %d networks in %d ranges, %d bytes, %.2f a range beside the index%n", family, COUNT,
				ranges, bytes, (double) (bytes - INDEX) / ranges);
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
