package dev.mtls.boot.event;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
			await().untilAsserted(() -> assertThat(listener.reloads).containsExactly(LATER));
			assertThat(listener.all).containsExactly(EARLY, LATER);
		}
	}

	@Test
	void eventWhenTheApplicationHasStoppedIsNotPublished() {
		List<Object> published = new CopyOnWriteArrayList<>();
		ApplicationEvents events = new ApplicationEvents(published::add);
		events.start();
		events.stop();
		events.onEvent(LATER);
		events.close();
		assertThat(events.isRunning()).isFalse();
		assertThat(published).isEmpty();
	}

	@Test
	void eventsBeforeTheStartAreBounded() {
		List<Object> published = new CopyOnWriteArrayList<>();
		ApplicationEvents events = new ApplicationEvents(published::add);
		for (int i = 0; i < 2000; i++) {
			events.onEvent(EARLY);
		}
		events.start();
		events.close();
		assertThat(published).hasSize(1000);
	}

	@Test
	void listenerThatThrowsHarmsNeitherTheStartNorLaterEvents() {
		List<Object> published = new CopyOnWriteArrayList<>();
		ApplicationEvents events = new ApplicationEvents((event) -> {
			published.add(event);
			throw new IllegalStateException("on purpose");
		});
		events.onEvent(EARLY);
		events.start();
		events.onEvent(LATER);
		events.close();
		assertThat(published).containsExactly(EARLY, LATER);
	}

	/**
	 * Listens as applications do.
	 */
	static class Listener {

		private final List<MtlsEvent> all = new CopyOnWriteArrayList<>();

		private final List<MtlsEvent> reloads = new CopyOnWriteArrayList<>();

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
