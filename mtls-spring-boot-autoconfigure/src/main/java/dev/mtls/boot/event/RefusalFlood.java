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
public final class RefusalFlood {

	private static final Duration PERIOD = Duration.ofSeconds(10);

	private final Map<Reason, Window> windows = new EnumMap<>(Reason.class);

	private final int lines;

	/**
	 * Create a count.
	 * @param lines how many refusals of a reason within ten seconds are worth a line
	 */
	public RefusalFlood(int lines) {
		this.lines = lines;
	}

	/**
	 * Count a refusal.
	 * @param reason why
	 * @param time when
	 * @return whether it is worth a line
	 */
	public synchronized boolean isWorthALine(Reason reason, Instant time) {
		Window window = this.windows.computeIfAbsent(reason, (key) -> new Window(time));
		window.count++;
		return window.count <= this.lines;
	}

	/**
	 * End the periods that are over.
	 * @param time the time
	 * @return what was only counted
	 */
	public synchronized List<Counted> counted(Instant time) {
		List<Counted> counted = new ArrayList<>();
		this.windows.entrySet().removeIf((entry) -> {
			Window window = entry.getValue();
			if (time.isBefore(window.start.plus(PERIOD))) {
				return false;
			}
			if (window.count > this.lines) {
				counted
					.add(new Counted(entry.getKey(), window.count - this.lines, Duration.between(window.start, time)));
			}
			return true;
		});
		return counted;
	}

	/**
	 * Refusals that were not worth a line.
	 *
	 * @param reason why
	 * @param count how many
	 * @param within how long they took
	 */
	public record Counted(Reason reason, long count, Duration within) {

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
