package dev.mtls.gate;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.mtls.decision.MtlsException;
import dev.mtls.event.MtlsEvent;

/**
 * Builds a {@link Gate}.
 */
public final class GateBuilder {

	final GateSettings settings;

	final SnapshotSource source;

	InstantSource clock = InstantSource.system();

	Consumer<MtlsEvent> events = (event) -> {
	};

	HandshakeTrace trace = HandshakeTrace.OFF;

	KillSwitch killSwitch = new KillSwitch(false);

	Executor executor = Runnable::run;

	Executor revocationExecutor = ForkJoinPool.commonPool();

	UnaryOperator<Rules> rules = UnaryOperator.identity();

	GateBuilder(GateSettings settings, SnapshotSource source) {
		this.settings = settings;
		this.source = source;
	}

	/**
	 * Use a clock other than the system's.
	 * @param clock the clock
	 * @return this builder
	 */
	public GateBuilder clock(InstantSource clock) {
		this.clock = clock;
		return this;
	}

	/**
	 * Tell what happens.
	 * @param events is told on the thread on which it happens: it must not block. What it
	 * throws changes nothing and goes to that thread's
	 * {@link Thread#getUncaughtExceptionHandler() handler of uncaught exceptions}
	 * @return this builder
	 */
	public GateBuilder events(Consumer<MtlsEvent> events) {
		this.events = events;
		return this;
	}

	/**
	 * Tell the story of each handshake.
	 * @param trace is told on the thread of the handshake
	 * @return this builder
	 */
	public GateBuilder trace(HandshakeTrace trace) {
		this.trace = trace;
		return this;
	}

	/**
	 * Share a kill switch with other gates.
	 * @param killSwitch the switch
	 * @return this builder
	 */
	public GateBuilder killSwitch(KillSwitch killSwitch) {
		this.killSwitch = killSwitch;
		return this;
	}

	/**
	 * Walk live connections on an executor, in place of the thread on which a change
	 * happens.
	 * @param executor the executor
	 * @return this builder
	 */
	public GateBuilder executor(Executor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Ask for revocation on an executor, in place of the common pool.
	 * @param executor fetches CRLs and OCSP answers and verifies them, without waiting
	 * @return this builder
	 */
	public GateBuilder revocationExecutor(Executor executor) {
		this.revocationExecutor = executor;
		return this;
	}

	/**
	 * Replace the rules that are configured.
	 * @param rules gives the rules in force for the configured ones; asked at the start
	 * and at every {@link Gate#reload()}
	 * @return this builder
	 */
	public GateBuilder rules(UnaryOperator<Rules> rules) {
		this.rules = rules;
		return this;
	}

	/**
	 * Open the gate with the first snapshot.
	 * @return the gate
	 * @throws MtlsException if the first snapshot cannot be read or used
	 */
	public Gate open() {
		return new Gate(this);
	}

}
