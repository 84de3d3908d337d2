package dev.mtls.gate;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.source.ContentHash;
import dev.mtls.trust.PeerRole;

/**
 * Reads the next snapshot when the content of its source has changed.
 */
final class SnapshotReloader {

	private final SnapshotSource source;

	private final PeerRole peerRole;

	private @Nullable ContentHash acceptedHash;

	private @Nullable String lastFailure;

	SnapshotReloader(SnapshotSource source, PeerRole peerRole) {
		this.source = source;
		this.peerRole = peerRole;
	}

	Snapshot first(Instant now) {
		return Objects.requireNonNull(next(now));
	}

	/**
	 * Read what replaces the accepted snapshot.
	 * @param now the time
	 * @return the snapshot, or {@code null} if nothing has changed
	 */
	@Nullable Snapshot next(Instant now) {
		try (SnapshotSource.Reading reading = this.source.read()) {
			ContentHash hash = reading.hash();
			if (hash.equals(this.acceptedHash)) {
				this.lastFailure = null;
				return null;
			}
			Snapshot snapshot = reading.parse();
			snapshot.check(this.peerRole, now);
			this.acceptedHash = hash;
			this.lastFailure = null;
			return snapshot;
		}
	}

	/**
	 * Whether a failure differs from the last one: the same broken file is told once, not
	 * at every look.
	 * @param failure the failure
	 * @return whether it is to be told
	 */
	boolean isNews(MtlsException failure) {
		String message = failure.getMessage();
		boolean news = !Objects.equals(message, this.lastFailure);
		this.lastFailure = message;
		return news;
	}

}
