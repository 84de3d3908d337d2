package dev.mtls.gate;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;

/**
 * How far the material, trust and rules of a gate are those of its sources.
 *
 * @param loaded when those in force were loaded
 * @param failed since when something else is there that cannot be used, or {@code null}
 * if what is in force is what is there
 * @param failure why it cannot be used, or {@code null}
 */
public record ReloadStatus(Instant loaded, @Nullable Instant failed, @Nullable MtlsException failure) {

	static ReloadStatus loaded(Instant now) {
		return new ReloadStatus(now, null, null);
	}

	ReloadStatus failed(MtlsException failure, Instant now) {
		return new ReloadStatus(this.loaded, (this.failed != null) ? this.failed : now, failure);
	}

	ReloadStatus unchanged() {
		return (this.failure != null) ? new ReloadStatus(this.loaded, null, null) : this;
	}

}
