package dev.mtls.revocation;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * When CRLs are to be fetched again. As many addresses are remembered as were used most
 * recently, up to a bound, because they may come from certificates.
 */
final class CrlFetches {

	private static final int MAX_ADDRESSES = 256;

	private static final Duration INTERVAL = Duration.ofHours(1);

	private static final Duration PAUSE = Duration.ofSeconds(30);

	private final Map<URI, Instant> next = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<URI, Instant> eldest) {
			return size() > MAX_ADDRESSES;
		}

	};

	synchronized boolean isDue(URI address, Instant now) {
		Instant due = this.next.get(address);
		return due == null || !now.isBefore(due);
	}

	/**
	 * Remember an attempt.
	 * @param address the address
	 * @param nextUpdate the end of what was fetched, or {@code null} if it has none or
	 * nothing was fetched
	 * @param fetched whether anything was
	 * @param now when
	 */
	synchronized void attempted(URI address, @Nullable Instant nextUpdate, boolean fetched, Instant now) {
		this.next.put(address, fetched ? dueAfter(nextUpdate, now) : now.plus(PAUSE));
	}

	// Some time before the end, so that a responder that is away for a while does no harm
	private static Instant dueAfter(@Nullable Instant nextUpdate, Instant now) {
		Instant latest = now.plus(INTERVAL);
		if (nextUpdate == null) {
			return latest;
		}
		Instant before = now.plus(Duration.between(now, nextUpdate).multipliedBy(3).dividedBy(4));
		Instant due = before.isBefore(latest) ? before : latest;
		Instant earliest = now.plus(PAUSE);
		return due.isBefore(earliest) ? earliest : due;
	}

}
