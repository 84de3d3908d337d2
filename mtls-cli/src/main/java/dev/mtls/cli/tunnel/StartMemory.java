package dev.mtls.cli.tunnel;

import java.lang.management.ManagementFactory;

import com.sun.management.HotSpotDiagnosticMXBean;

/**
 * The memory that starting takes, which is more than an idle tunnel needs.
 */
final class StartMemory {

	private static final String MIN_FREE = "MinHeapFreeRatio";

	private static final String MAX_FREE = "MaxHeapFreeRatio";

	private StartMemory() {
	}

	/**
	 * Give it back to the operating system.
	 */
	static void release() {
		HotSpotDiagnosticMXBean runtime = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		try {
			String min = runtime.getVMOption(MIN_FREE).getValue();
			String max = runtime.getVMOption(MAX_FREE).getValue();
			// Never a minimum above the maximum
			runtime.setVMOption(MIN_FREE, "5");
			runtime.setVMOption(MAX_FREE, "10");
			System.gc();
			runtime.setVMOption(MAX_FREE, max);
			runtime.setVMOption(MIN_FREE, min);
		}
		catch (RuntimeException ex) {
			// This runtime, or its garbage collector, has no such options
		}
	}

}
