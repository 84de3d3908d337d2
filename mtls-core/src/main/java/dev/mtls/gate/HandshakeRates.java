package dev.mtls.gate;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the handshakes that each address begins in the current second, in a table of
 * fixed size. Where more addresses come than it has room for, those that came least are
 * forgotten first: a flood of addresses neither makes it grow nor hides one that comes
 * often.
 */
final class HandshakeRates {

	/**
	 * The highest count that an entry can hold.
	 */
	static final int MAX_LIMIT = 0xffff;

	private static final int SETS = 1 << 14;

	private static final int WAYS = 4;

	private static final int ATTEMPTS = 8;

	private static final long SEED = new SecureRandom().nextLong();

	// An entry is 32 bits of the address's hash, 16 of the second and 16 of the count
	private final AtomicLongArray entries;

	private final int limit;

	HandshakeRates(int limit) {
		this.limit = limit;
		this.entries = new AtomicLongArray(isUnlimited() ? 0 : SETS * WAYS);
	}

	/**
	 * Count a handshake.
	 * @param address the address
	 * @param second the current second
	 * @return {@code false} if the address has begun as many in this second as it may
	 */
	boolean tryAdd(long address, long second) {
		if (isUnlimited()) {
			return true;
		}
		long hash = hash(address);
		int set = (int) (hash & (SETS - 1)) * WAYS;
		long head = (hash & 0xffff_ffff_0000_0000L) | (second & 0xffff) << 16;
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			int way = find(set, head);
			long entry = this.entries.get(way);
			boolean known = head(entry) == head;
			if (known && count(entry) >= this.limit) {
				return false;
			}
			if (this.entries.compareAndSet(way, entry, known ? entry + 1 : head | 1)) {
				return true;
			}
		}
		// So many at once in one set of the table are more than any limit
		return false;
	}

	private boolean isUnlimited() {
		return this.limit == ConnectionLimits.UNLIMITED;
	}

	private int find(int set, long head) {
		int victim = set;
		int least = Integer.MAX_VALUE;
		for (int way = set; way < set + WAYS; way++) {
			long entry = this.entries.get(way);
			if (head(entry) == head) {
				return way;
			}
			int worth = isOfSecond(entry, head) ? count(entry) : 0;
			if (worth < least) {
				least = worth;
				victim = way;
			}
		}
		return victim;
	}

	private static long head(long entry) {
		return entry & ~0xffffL;
	}

	private static int count(long entry) {
		return (int) (entry & 0xffff);
	}

	private static boolean isOfSecond(long entry, long head) {
		return ((entry ^ head) & 0xffff_0000L) == 0;
	}

	// Seeded, so that nobody can choose addresses that meet in one set
	private static long hash(long address) {
		long mixed = (address ^ SEED) * 0x9e37_79b9_7f4a_7c15L;
		mixed = (mixed ^ (mixed >>> 32)) * 0xd6e8_feb8_6659_fd93L;
		return mixed ^ (mixed >>> 32);
	}

}
