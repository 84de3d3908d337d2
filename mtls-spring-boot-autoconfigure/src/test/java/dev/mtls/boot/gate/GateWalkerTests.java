package dev.mtls.boot.gate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GateWalker}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GateWalkerTests {

	@Test
	void walkWhenTaskFailsLogsItAndRunsTheOthersAgainAndAgain(CapturedOutput output) throws Exception {
		CountDownLatch others = new CountDownLatch(2);
		try (GateWalker walker = new GateWalker()) {
			walker.add(() -> {
				throw new IllegalStateException("broken task");
			});
			walker.add(others::countDown);
			assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(output).contains("Walking the connections failed").contains("broken task");
	}

	@Test
	void executeRunsOnTheThreadOfTheWalks() throws Exception {
		CountDownLatch run = new CountDownLatch(1);
		try (GateWalker walker = new GateWalker()) {
			walker.execute(() -> {
				if (Thread.currentThread().getName().equals("mtls-walk")) {
					run.countDown();
				}
			});
			assertThat(run.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void executeWhenClosedDoesNothing() {
		GateWalker walker = new GateWalker();
		walker.close();
		walker.execute(() -> {
			throw new AssertionError("Nothing is walked any more");
		});
	}

}
