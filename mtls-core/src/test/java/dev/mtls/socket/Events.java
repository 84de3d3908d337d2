package dev.mtls.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;

/**
 * The events of a context, in order.
 */
final class Events implements Consumer<MtlsEvent> {

	private static final Duration BOUND = Duration.ofSeconds(15);

	private final BlockingQueue<MtlsEvent> events = new LinkedBlockingQueue<>();

	@Override
	public void accept(MtlsEvent event) {
		this.events.add(event);
	}

	/**
	 * Wait for the next event of a type, and drop those before it.
	 * @param <T> the type
	 * @param type the type
	 * @return the event
	 */
	<T extends MtlsEvent> T await(Class<T> type) {
		List<MtlsEvent> others = new ArrayList<>();
		try {
			for (MtlsEvent event = next(); event != null; event = next()) {
				if (type.isInstance(event)) {
					return type.cast(event);
				}
				others.add(event);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		throw new AssertionError("No %s, but %s".formatted(type.getSimpleName(), others));
	}

	/**
	 * Wait for the next refusal.
	 * @return the reason of it
	 */
	Reason awaitRefusal() {
		return await(MtlsEvent.PeerRefused.class).reason();
	}

	boolean isEmpty() {
		return this.events.isEmpty();
	}

	private MtlsEvent next() throws InterruptedException {
		return this.events.poll(BOUND.toMillis(), TimeUnit.MILLISECONDS);
	}

}
