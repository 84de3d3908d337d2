package dev.mtls.boot.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationEvents}.
 */
class ApplicationEventsTests {

	private static final MtlsEvent EARLY = new MtlsEvent.Warned(Instant.EPOCH, "server", "early");

	private static final MtlsEvent LATER = new MtlsEvent.Reloaded(Instant.EPOCH, "server", 2);

	@Test
	void eventIsPublishedOnceTheApplicationStarts() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			ApplicationEvents events = new ApplicationEvents(context);
			context.registerBean(ApplicationEvents.class, () -> events);
			context.registerBean(Listener.class);
			events.onEvent(EARLY);
			context.refresh();
			events.onEvent(LATER);
			Listener listener = context.getBean(Listener.class);
			assertThat(listener.all).containsExactly(EARLY, LATER);
			assertThat(listener.reloads).containsExactly(LATER);
		}
	}

	@Test
	void eventWhenTheApplicationHasStoppedIsNotPublished() {
		List<Object> published = new ArrayList<>();
		ApplicationEvents events = new ApplicationEvents(published::add);
		events.start();
		events.stop();
		events.onEvent(LATER);
		assertThat(events.isRunning()).isFalse();
		assertThat(published).isEmpty();
	}

	@Test
	void eventsBeforeTheStartAreBounded() {
		List<Object> published = new ArrayList<>();
		ApplicationEvents events = new ApplicationEvents(published::add);
		for (int i = 0; i < 2000; i++) {
			events.onEvent(EARLY);
		}
		events.start();
		assertThat(published).hasSize(1000);
	}

	/**
	 * Listens as applications do.
	 */
	static class Listener {

		private final List<MtlsEvent> all = new ArrayList<>();

		private final List<MtlsEvent> reloads = new ArrayList<>();

		@EventListener
		void onEvent(MtlsEvent event) {
			this.all.add(event);
		}

		@EventListener
		void onReload(MtlsEvent.Reloaded event) {
			this.reloads.add(event);
		}

	}

}
