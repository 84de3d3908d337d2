package dev.mtls.source;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Watcher}.
 */
class WatcherTests {

	private static final Duration INTERVAL = Duration.ofMillis(2);

	private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

	private final AtomicInteger checks = new AtomicInteger();

	@BeforeEach
	void removeCancelledTasks() {
		this.executor.setRemoveOnCancelPolicy(true);
	}

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@Test
	void runsCheckAgainAndAgain() {
		try (Watcher watcher = new Watcher(this.executor, INTERVAL, this.checks::incrementAndGet, (ex) -> {
		})) {
			assertThat(watcher).isNotNull();
			awaitChecks(3);
		}
	}

	@Test
	void whenCheckThrowsThenHandsItOverAndGoesOn() {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		RuntimeException exception = new IllegalStateException("exception");
		Error error = new AssertionError("error");
		try (Watcher watcher = new Watcher(this.executor, INTERVAL, () -> {
			int number = this.checks.incrementAndGet();
			if (number == 1) {
				throw exception;
			}
			if (number == 2) {
				throw error;
			}
		}, failures::add)) {
			assertThat(watcher).isNotNull();
			awaitChecks(4);
			assertThat(failures).containsExactly(exception, error);
		}
	}

	@Test
	void whenConsumerThrowsThenGoesOn() {
		try (Watcher watcher = new Watcher(this.executor, INTERVAL, () -> {
			this.checks.incrementAndGet();
			throw new IllegalStateException("check");
		}, (ex) -> {
			throw new IllegalStateException("consumer");
		})) {
			assertThat(watcher).isNotNull();
			awaitChecks(3);
		}
	}

	@Test
	void closeStopsChecks() {
		Watcher watcher = new Watcher(this.executor, Duration.ofHours(1), this.checks::incrementAndGet, (ex) -> {
		});
		assertThat(this.executor.getQueue()).hasSize(1);
		watcher.close();
		assertThat(this.executor.getQueue()).isEmpty();
		assertThat(this.executor.isShutdown()).isFalse();
		assertThat(this.checks).hasValue(0);
	}

	@Test
	void createWhenIntervalIsNotPositiveThenThrows() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Watcher(this.executor, Duration.ZERO, this.checks::incrementAndGet, (ex) -> {
			}));
	}

	private void awaitChecks(int number) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> this.checks.get() >= number);
	}

}
