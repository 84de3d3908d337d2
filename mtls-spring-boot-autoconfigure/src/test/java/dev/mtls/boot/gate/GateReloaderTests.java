package dev.mtls.boot.gate;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GateReloader}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GateReloaderTests {

	private static final Duration INTERVAL = Duration.ofMillis(5);

	private GateReloader reloader = new GateReloader(INTERVAL, true);

	@AfterEach
	void stop() {
		this.reloader.stop();
	}

	@Test
	void startRunsAllChecksAgainAndAgainOnADaemonOfItsOwn() throws Exception {
		CountDownLatch first = new CountDownLatch(3);
		CountDownLatch second = new CountDownLatch(3);
		BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
		this.reloader = reloader(() -> {
			threads.add(Thread.currentThread());
			first.countDown();
		}, second::countDown);
		assertThat(this.reloader.isRunning()).isFalse();
		this.reloader.start();
		assertThat(this.reloader.isRunning()).isTrue();
		assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).allSatisfy((thread) -> {
			assertThat(thread.getName()).isEqualTo("mtls-reload");
			assertThat(thread.isDaemon()).isTrue();
		});
	}

	@Test
	void startWhenCheckFailsLogsItAndGoesOn(CapturedOutput output) throws Exception {
		CountDownLatch tries = new CountDownLatch(3);
		CountDownLatch others = new CountDownLatch(3);
		this.reloader = reloader(() -> {
			tries.countDown();
			throw new IllegalStateException("broken check");
		}, others::countDown);
		this.reloader.start();
		assertThat(tries.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(output).contains("Looking for changes failed").contains("broken check");
	}

	@Test
	void reloadWhenNotRunningRunsAllChecksAtOnce(CapturedOutput output) {
		AtomicInteger checks = new AtomicInteger();
		GateReloader disabled = new GateReloader(INTERVAL, false);
		disabled.add(() -> {
			throw new IllegalStateException("broken check");
		});
		disabled.add(checks::incrementAndGet);
		disabled.reload();
		assertThat(checks).hasValue(1);
		assertThat(output).contains("broken check");
		assertThat(disabled.isRunning()).isFalse();
	}

	@Test
	void startWhenRunningAlreadyKeepsTheThread() throws Exception {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch checks = new CountDownLatch(20);
		this.reloader = reloader(() -> {
			threads.add(Thread.currentThread());
			checks.countDown();
		});
		this.reloader.start();
		this.reloader.start();
		assertThat(checks.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).hasSize(1);
	}

	@Test
	void stopWhenCheckIsRunningLetsItEndWithoutInterrupt() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		AtomicReference<InterruptedException> interrupt = new AtomicReference<>();
		AtomicInteger runs = new AtomicInteger();
		this.reloader = reloader(() -> {
			runs.incrementAndGet();
			begun.countDown();
			try {
				goOn.await();
			}
			catch (InterruptedException ex) {
				interrupt.set(ex);
			}
			ended.countDown();
		});
		this.reloader.start();
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		this.reloader.stop();
		assertThat(this.reloader.isRunning()).isFalse();
		goOn.countDown();
		assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(interrupt).hasNullValue();
		assertThat(runs).hasValue(1);
	}

	@Test
	void startWhenStoppedBeforeRunsAgain() throws Exception {
		Semaphore runs = new Semaphore(0);
		this.reloader = reloader(runs::release);
		this.reloader.start();
		assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
		this.reloader.stop();
		runs.drainPermits();
		this.reloader.start();
		assertThat(runs.tryAcquire(3, 10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void startWhenNotEnabledRunsNothing() {
		AtomicInteger runs = new AtomicInteger();
		this.reloader = new GateReloader(INTERVAL, false);
		this.reloader.add(runs::incrementAndGet);
		this.reloader.start();
		assertThat(this.reloader.isRunning()).isFalse();
		assertThat(runs).hasValue(0);
	}

	@Test
	void addWhenRunningIsRunToo() throws Exception {
		Semaphore runs = new Semaphore(0);
		this.reloader.start();
		this.reloader.add(runs::release);
		assertThat(runs.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void stopWhenNotRunningDoesNothing() {
		this.reloader.stop();
		assertThat(this.reloader.isRunning()).isFalse();
	}

	@Test
	void phaseIsBeforeThatOfTheWebServer() {
		assertThat(this.reloader.getPhase()).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
		assertThat(this.reloader.isAutoStartup()).isTrue();
	}

	private static GateReloader reloader(Runnable... checks) {
		GateReloader reloader = new GateReloader(INTERVAL, true);
		for (Runnable check : checks) {
			reloader.add(check);
		}
		return reloader;
	}

}
