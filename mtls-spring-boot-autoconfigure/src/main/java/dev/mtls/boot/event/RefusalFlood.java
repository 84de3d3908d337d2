package dev.mtls.boot.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.mtls.decision.Reason;

/**
 * Tells which refusals are worth a line of their own: the first few of each reason in a
 * period. The others are counted, so that a flood costs a handful of lines and no memory.
 */
final class RefusalFlood {

	static final int LINES = 10;

	static final Duration PERIOD = Duration.ofSeconds(10);

	private final Map<Reason, Window> windows = new EnumMap<>(Reason.class);

	/**
	 * Count a refusal.
	 * @param reason why
	 * @param time when
	 * @return whether it is worth a line
	 */
	synchronized boolean isWorthALine(Reason reason, Instant time) {
		Window window = this.windows.computeIfAbsent(reason, (key) -> new Window(time));
		window.count++;
		return window.count <= LINES;
	}

	/**
	 * End the periods that are over.
	 * @param time the time
	 * @return a line for each reason of which some were only counted
	 */
	synchronized List<String> summaries(Instant time) {
		List<String> summaries = new ArrayList<>();
		this.windows.entrySet().removeIf((entry) -> {
			Window window = entry.getValue();
			if (time.isBefore(window.start.plus(PERIOD))) {
				return false;
			}
			if (window.count > LINES) {
				summaries.add("Refused %d more within %d seconds: %s (%d)".formatted(window.count - LINES,
						Duration.between(window.start, time).toSeconds(), entry.getKey().code(),
						entry.getKey().number()));
			}
			return true;
		});
		return summaries;
	}

	/**
	 * The refusals of one reason in one period.
	 */
	private static final class Window {

		private final Instant start;

		private long count;

		private Window(Instant start) {
			this.start = start;
		}

	}

}
