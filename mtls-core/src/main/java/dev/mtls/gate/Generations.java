package dev.mtls.gate;

import java.time.InstantSource;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;

/**
 * The generations of a gate, of which one is the current: what it decides with is
 * replaced as a whole or not at all. Any thread may ask for the current one; changes are
 * made one at a time, which is for the gate to see to.
 */
final class Generations {

	private final GateSettings settings;

	private final SnapshotReloader reloader;

	private final UnaryOperator<Rules> rules;

	private final InstantSource clock;

	private final Consumer<Snapshot> crls;

	private volatile GateState current;

	private volatile ReloadStatus status;

	/**
	 * Begin the first generation.
	 * @param builder the settings, the source, the rules and the clock
	 * @param crls takes the CRLs of a snapshot
	 * @param first makes the first generation of a snapshot and the rules in force
	 * @throws MtlsException if the first snapshot cannot be read or used
	 */
	Generations(GateBuilder builder, Consumer<Snapshot> crls, BiFunction<Snapshot, Rules, GateState> first) {
		this.settings = builder.settings;
		this.reloader = new SnapshotReloader(builder.source);
		this.rules = builder.rules;
		this.clock = builder.clock;
		this.crls = crls;
		this.current = Objects.requireNonNull(
				this.reloader.next((snapshot) -> first.apply(prepare(snapshot), this.rules.apply(snapshot.rules()))));
		this.status = ReloadStatus.loaded(this.clock.instant());
	}

	GateState current() {
		return this.current;
	}

	ReloadStatus status() {
		return this.status;
	}

	/**
	 * Look whether anything changed and, if so, begin a generation.
	 * @return whether one began
	 * @throws MtlsException if what is there cannot be used; what was there stays
	 */
	boolean reload() {
		try {
			GateState next = this.reloader
				.next((snapshot) -> this.current.next(prepare(snapshot), this.rules.apply(snapshot.rules())));
			next = (next != null) ? next : withOtherRules();
			this.status = (next != null) ? ReloadStatus.loaded(this.clock.instant()) : this.status.unchanged();
			this.current = (next != null) ? next : this.current;
			return next != null;
		}
		catch (MtlsException ex) {
			this.status = this.status.failed(ex, this.clock.instant());
			throw ex;
		}
	}

	/**
	 * Begin a generation with what the current one has, so that every peer is admitted
	 * again.
	 */
	void renew() {
		this.current = this.current.next(this.current.snapshot(), this.current.rules());
	}

	/**
	 * Whether a failure of the last look differs from the one before.
	 * @param failure the failure
	 * @return whether it is to be told
	 */
	boolean isNews(MtlsException failure) {
		return this.reloader.isNews(failure);
	}

	private Snapshot prepare(Snapshot snapshot) {
		snapshot.check(this.settings, this.clock.instant());
		this.crls.accept(snapshot);
		return snapshot.withoutCrls();
	}

	private @Nullable GateState withOtherRules() {
		Rules applied = this.rules.apply(this.current.snapshot().rules());
		return applied.equals(this.current.rules()) ? null : this.current.next(this.current.snapshot(), applied);
	}

}
