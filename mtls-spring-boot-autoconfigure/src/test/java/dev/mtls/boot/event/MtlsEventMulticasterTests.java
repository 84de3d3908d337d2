package dev.mtls.boot.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.event.MtlsEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsEventMulticaster}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MtlsEventMulticasterTests {

	private static final MtlsEvent EVENT = new MtlsEvent.Warned(Instant.EPOCH, "server", "careful");

	@Test
	void acceptTellsListenersInTheirOrder() {
		List<String> told = new ArrayList<>();
		new MtlsEventMulticaster(List.of((event) -> told.add("first"), (event) -> told.add("second"))).accept(EVENT);
		assertThat(told).containsExactly("first", "second");
	}

	@Test
	void acceptWhenAListenerThrowsTellsTheOthers(CapturedOutput output) {
		List<MtlsEvent> told = new ArrayList<>();
		new MtlsEventMulticaster(List.of((event) -> {
			throw new IllegalStateException("broken listener");
		}, (event) -> {
			throw new NoClassDefFoundError("missing class");
		}, told::add)).accept(EVENT);
		assertThat(told).containsExactly(EVENT);
		assertThat(output).contains("broken listener").contains("missing class").contains("failed on Warned");
	}

	@Test
	void acceptWhenListenersAreChangedAfterwardsKeepsItsOwn() {
		List<MtlsEvent> told = new ArrayList<>();
		List<MtlsEventListener> listeners = new ArrayList<>(List.of(told::add));
		MtlsEventMulticaster multicaster = new MtlsEventMulticaster(listeners);
		listeners.clear();
		multicaster.accept(EVENT);
		assertThat(told).hasSize(1);
	}

}
