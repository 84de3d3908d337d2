package dev.mtls.gate;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.ContentHash;

/**
 * Reads the next snapshot when the content of its source has changed.
 */
final class SnapshotReloader {

	private final SnapshotSource source;

	private @Nullable ContentHash accepted;

	private @Nullable ContentHash read;

	private @Nullable Failure lastFailure;

	SnapshotReloader(SnapshotSource source) {
		this.source = source;
	}

	/**
	 * Read what replaces the accepted snapshot. It is accepted once it could be used, and
	 * tried again at every look until then: a certificate may become valid, or a
	 * permission be corrected, without a change of content.
	 * @param <T> what is made of a snapshot
	 * @param use makes that of it
	 * @return what was made, or {@code null} if nothing has changed
	 */
	<T> @Nullable T next(Function<Snapshot, T> use) {
		this.read = null;
		try (SnapshotSource.Reading reading = this.source.read()) {
			ContentHash hash = reading.hash();
			this.read = hash;
			T used = hash.equals(this.accepted) ? null : use.apply(reading.parse());
			this.accepted = hash;
			this.lastFailure = null;
			return used;
		}
	}

	/**
	 * Whether a failure of the last look differs from the one before: what stays broken
	 * is told once, not at every look.
	 * @param failure the failure
	 * @return whether it is to be told
	 */
	boolean isNews(MtlsException failure) {
		// With the content known, the message may differ by no more than the time in it
		Failure next = new Failure(this.read, failure.reason(), (this.read == null) ? failure.getMessage() : null);
		boolean news = !next.equals(this.lastFailure);
		this.lastFailure = next;
		return news;
	}

	/**
	 * What tells one failure from another.
	 */
	private record Failure(@Nullable ContentHash content, Reason reason, @Nullable String message) {
	}

}
