package dev.mtls.boot.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MtlsEventMulticaster}.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class MtlsEventMulticasterTests {

	private static final MtlsEvent EVENT = new MtlsEvent.Warned(Instant.EPOCH, "server", "careful");

	private final CountDownLatch blocked = new CountDownLatch(1);

	@Test
	void acceptTellsImmediateListenersInTheirOrder() {
		List<String> told = new ArrayList<>();
		new MtlsEventMulticaster(List.of(immediate(() -> told.add("first")), immediate(() -> told.add("second"))))
			.accept(EVENT);
		assertThat(told).containsExactly("first", "second");
	}

	@Test
	void closeTellsWhatWaitsInOrder() {
		List<MtlsEvent> told = new ArrayList<>();
		List<MtlsEvent> events = new ArrayList<>();
		try (MtlsEventMulticaster multicaster = new MtlsEventMulticaster(List.of(told::add))) {
			for (int i = 0; i < 1000; i++) {
				MtlsEvent event = new MtlsEvent.Warned(Instant.EPOCH, "server", "careful " + i);
				events.add(event);
				multicaster.accept(event);
			}
		}
		assertThat(told).isEqualTo(events);
	}

	@Test
	void acceptWhenAListenerThrowsTellsTheOthers(CapturedOutput output) {
		List<MtlsEvent> told = new ArrayList<>();
		try (MtlsEventMulticaster multicaster = new MtlsEventMulticaster(List.of((event) -> {
			throw new IllegalStateException("broken listener");
		}, immediate(() -> {
			throw new NoClassDefFoundError("missing class");
		}), told::add))) {
			multicaster.accept(EVENT);
			multicaster.accept(EVENT);
		}
		assertThat(told).containsExactly(EVENT, EVENT);
		assertThat(output).contains("broken listener").contains("missing class").contains("failed on Warned");
	}

	@Test
	void acceptWhenAListenerBlocksGoesOnAndDropsWhatIsTooMuch(CapturedOutput output) {
		List<MtlsEvent> told = new ArrayList<>();
		MtlsEventMulticaster multicaster = new MtlsEventMulticaster(List.of(this::block, told::add));
		multicaster.accept(EVENT);
		await().until(() -> this.blocked.getCount() == 1 && told.size() == 1);
		for (int i = 1; i < ListenerQueue.CAPACITY + 100; i++) {
			multicaster.accept(EVENT);
			int behind = i;
			if (i % 1000 == 0) {
				await().until(() -> told.size() == behind + 1);
			}
		}
		await().until(() -> told.size() == ListenerQueue.CAPACITY + 100);
		assertThat(multicaster.dropped()).isBetween(98L, 99L);
		assertThat(output).containsOnlyOnce("events behind").contains("were dropped so far");
		this.blocked.countDown();
		multicaster.close();
	}

	@Test
	void closeWhenAListenerBlocksEndsInTime() {
		MtlsEventMulticaster multicaster = new MtlsEventMulticaster(List.of(this::block));
		multicaster.accept(EVENT);
		Instant start = Instant.now();
		multicaster.close();
		assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
		multicaster.accept(EVENT);
		assertThat(multicaster.dropped()).isOne();
	}

	@Test
	void acceptWhenListenersAreChangedAfterwardsKeepsItsOwn() {
		List<MtlsEvent> told = new ArrayList<>();
		List<MtlsEventListener> listeners = new ArrayList<>(List.of(told::add));
		try (MtlsEventMulticaster multicaster = new MtlsEventMulticaster(listeners)) {
			listeners.clear();
			multicaster.accept(EVENT);
		}
		assertThat(told).hasSize(1);
	}

	private void block(MtlsEvent event) {
		try {
			this.blocked.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ImmediateEventListener immediate(Runnable action) {
		return (event) -> action.run();
	}

}
