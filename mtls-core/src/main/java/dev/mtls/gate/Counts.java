package dev.mtls.gate;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many there are of each kind, up to a limit. A kind of which there is none takes no
 * memory, and without a limit nothing is counted.
 *
 * @param <K> the kind
 */
final class Counts<K> {

	private final ConcurrentMap<K, Integer> counts = new ConcurrentHashMap<>();

	private final int limit;

	Counts(int limit) {
		this.limit = limit;
	}

	boolean isFull(K kind) {
		return this.counts.getOrDefault(kind, 0) >= this.limit;
	}

	/**
	 * Add one, whatever the limit.
	 * @param kind what there is one more of
	 * @return {@code false} if that is more than allowed
	 */
	boolean add(K kind) {
		return this.limit == ConnectionLimits.UNLIMITED || this.counts.merge(kind, 1, Integer::sum) <= this.limit;
	}

	void remove(K kind) {
		if (this.limit != ConnectionLimits.UNLIMITED) {
			this.counts.computeIfPresent(kind, (any, count) -> (count > 1) ? count - 1 : null);
		}
	}

	int limit() {
		return this.limit;
	}

	int size() {
		return this.counts.size();
	}

}
