package dev.mtls.tcp;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.util.ResourceLeakDetector;

/**
 * Keeps what Netty reports of buffers that nobody released. Netty makes these by
 * reflection, as the system property {@code io.netty.customResourceLeakDetector} says.
 *
 * @param <T> the type of what leaks
 */
public final class Leaks<T> extends ResourceLeakDetector<T> {

	private static final List<String> reported = new CopyOnWriteArrayList<>();

	public Leaks(Class<?> type, int samplingInterval) {
		super(type, samplingInterval);
	}

	@SuppressWarnings("deprecation")
	public Leaks(Class<?> type, int samplingInterval, long maxActive) {
		super(type, samplingInterval, maxActive);
	}

	/**
	 * Check that nothing was reported so far.
	 */
	public static void check() {
		if (!reported.isEmpty()) {
			throw new AssertionError("Leaked: " + reported);
		}
	}

	/**
	 * Take what was reported so far, for a test that makes a leak.
	 * @return the reports
	 */
	static List<String> take() {
		List<String> taken = List.copyOf(reported);
		reported.removeAll(taken);
		return taken;
	}

	@Override
	protected void reportTracedLeak(String resourceType, String records) {
		reported.add("%s: %s".formatted(resourceType, records));
		super.reportTracedLeak(resourceType, records);
	}

	@Override
	protected void reportUntracedLeak(String resourceType) {
		reported.add(resourceType);
		super.reportUntracedLeak(resourceType);
	}

	@Override
	protected boolean needReport() {
		return true;
	}

}
