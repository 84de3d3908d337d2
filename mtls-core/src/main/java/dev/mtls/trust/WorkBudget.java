package dev.mtls.trust;

/**
 * How much work one verification may cause, whatever a peer presents. What is about to be
 * done is estimated and taken from the budget first.
 */
final class WorkBudget {

	private static final long NANOS = 60_000_000;

	private long left = NANOS;

	/**
	 * Take the work from what is left.
	 * @param nanos the estimated time of it, in nanoseconds
	 * @return whether it may be done
	 */
	boolean spend(long nanos) {
		this.left = (nanos <= this.left) ? this.left - nanos : -1;
		return !isExhausted();
	}

	boolean isExhausted() {
		return this.left < 0;
	}

}
