package dev.mtls.integration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps what happened at the gates of an application until a test asks for it.
 */
final class EventRecorder implements ImmediateEventListener {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final BlockingQueue<MtlsEvent> events = new LinkedBlockingQueue<>();

	// Apart, because connections may be cut before or after the change is told
	private final BlockingQueue<MtlsEvent.ConnectionCut> cuts = new LinkedBlockingQueue<>();

	@Override
	public void onEvent(MtlsEvent event) {
		this.events.add(event);
		if (event instanceof MtlsEvent.ConnectionCut cut) {
			this.cuts.add(cut);
		}
	}

	/**
	 * The connections that were cut, whatever else was awaited meanwhile.
	 * @return those since all events were forgotten
	 */
	List<MtlsEvent.ConnectionCut> cuts() {
		return List.copyOf(this.cuts);
	}

	/**
	 * Await the next event of a type. Those of other types before it are forgotten.
	 * @param <E> the type
	 * @param type the type
	 * @return the event
	 */
	<E extends MtlsEvent> E await(Class<E> type) {
		return await(type, (event) -> true);
	}

	/**
	 * Await the next event of a type that fulfils a condition. Others before it are
	 * forgotten.
	 * @param <E> the type
	 * @param type the type
	 * @param condition the condition
	 * @return the event
	 */
	<E extends MtlsEvent> E await(Class<E> type, Predicate<E> condition) {
		long end = System.nanoTime() + BOUND.toNanos();
		List<MtlsEvent> others = new ArrayList<>();
		try {
			while (true) {
				MtlsEvent event = this.events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
				if (type.isInstance(event) && condition.test(type.cast(event))) {
					return type.cast(event);
				}
				assertThat(event).as("a %s within %s; there were %s", type.getSimpleName(), BOUND, others).isNotNull();
				others.add(event);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + type.getSimpleName(), ex);
		}
	}

	/**
	 * Forget all events.
	 * @return those that nobody has awaited
	 */
	List<MtlsEvent> drain() {
		List<MtlsEvent> drained = new ArrayList<>();
		this.events.drainTo(drained);
		this.cuts.clear();
		return drained;
	}

}
