package dev.mtls.boot.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.mock.http.client.MockClientHttpRequest;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GateClientHttpRequestFactory}.
 */
class GateClientHttpRequestFactoryTests {

	private static final URI TARGET = URI.create("https://localhost/");

	@TempDir
	private Path directory;

	private Gate gate;

	private final AtomicInteger built = new AtomicInteger();

	@BeforeEach
	void open() {
		TestAuthority.create().writeTo(this.directory, "ca");
		SnapshotLocations locations = SnapshotLocations.builder("test")
			.trustCertificates(List.of(this.directory.resolve("ca.crt").toString()))
			.build();
		this.gate = Gate.builder(GateSettings.client("client", true, TlsProfile.defaults()), locations).open();
	}

	@Test
	void createRequestWhenNothingChangesBuildsOnce() throws Exception {
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, this::build);
		for (int i = 0; i < 100; i++) {
			factory.createRequest(TARGET, HttpMethod.GET);
		}
		assertThat(this.built).hasValue(1);
	}

	@Test
	void createRequestWhenGenerationChangesBuildsAnew() throws Exception {
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, this::build);
		ClientHttpRequest before = factory.createRequest(TARGET, HttpMethod.GET);
		reload();
		ClientHttpRequest after = factory.createRequest(TARGET, HttpMethod.GET);
		assertThat(before).hasToString("1");
		assertThat(after).hasToString("2");
		assertThat(this.built).hasValue(2);
	}

	@Test
	void createRequestWhenManyThreadsAskBuildsOncePerGeneration() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger building = new AtomicInteger();
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, () -> {
			ClientHttpRequestFactory made = build();
			if (this.gate.generation() > 1) {
				building.incrementAndGet();
				await(goOn);
			}
			return made;
		});
		reload();
		Set<String> used = ConcurrentHashMap.newKeySet();
		List<FutureTask<Boolean>> requests = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			FutureTask<Boolean> request = new FutureTask<>(
					() -> used.add(factory.createRequest(TARGET, HttpMethod.GET).toString()));
			requests.add(request);
			threads.add(new Thread(request));
		}
		threads.forEach(Thread::start);
		awaitThat(() -> building.get() + blocked(threads) == threads.size());
		goOn.countDown();
		for (FutureTask<Boolean> request : requests) {
			request.get(10, TimeUnit.SECONDS);
		}
		assertThat(this.built).hasValue(2);
		assertThat(used).containsExactly("2");
	}

	@Test
	void createRequestWhenGateChangesDuringTheBuildBuildsOnceMore() throws Exception {
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, () -> {
			ClientHttpRequestFactory made = build();
			if (this.built.get() == 2) {
				reload();
			}
			return made;
		});
		reload();
		factory.createRequest(TARGET, HttpMethod.GET);
		assertThat(factory.createRequest(TARGET, HttpMethod.GET)).hasToString("3");
		factory.createRequest(TARGET, HttpMethod.GET);
		assertThat(this.built).hasValue(3);
	}

	@Test
	void createRequestWhenBuildFailsTriesAgainNextTime() throws Exception {
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, () -> {
			ClientHttpRequestFactory made = build();
			if (this.built.get() == 2) {
				throw new IllegalStateException("No client today");
			}
			return made;
		});
		reload();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> factory.createRequest(TARGET, HttpMethod.GET));
		assertThat(factory.createRequest(TARGET, HttpMethod.GET)).hasToString("3");
	}

	private static long blocked(List<Thread> threads) {
		return threads.stream().filter((thread) -> thread.getState() == Thread.State.BLOCKED).count();
	}

	private static void awaitThat(BooleanSupplier condition) {
		long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.onSpinWait();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private ClientHttpRequestFactory build() {
		int number = this.built.incrementAndGet();
		return (uri, method) -> new NumberedRequest(number);
	}

	private void reload() {
		TestAuthority.create().writeTo(this.directory, "ca");
		assertThat(this.gate.reload()).isTrue();
	}

	/**
	 * A request that tells which factory made it.
	 */
	private static final class NumberedRequest extends MockClientHttpRequest {

		private final int number;

		private NumberedRequest(int number) {
			this.number = number;
		}

		@Override
		public String toString() {
			return String.valueOf(this.number);
		}

	}

}
