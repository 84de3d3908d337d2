package dev.mtls.boot.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Rotation}.
 */
class RotationTests {

	@TempDir
	private Path directory;

	private Gate gate;

	private final AtomicInteger built = new AtomicInteger();

	private final List<String> closed = new CopyOnWriteArrayList<>();

	@BeforeEach
	void open() {
		TestAuthority.create().writeTo(this.directory, "ca");
		SnapshotLocations locations = SnapshotLocations.builder("test")
			.trustCertificates(List.of(this.directory.resolve("ca.crt").toString()))
			.build();
		this.gate = Gate.builder(GateSettings.client("client", true, TlsProfile.defaults()), locations).open();
	}

	@Test
	void leaseWhenNothingChangesBuildsOnce() throws Exception {
		Rotation<String> rotation = rotation(this::build);
		for (int i = 0; i < 100; i++) {
			rotation.lease();
		}
		assertThat(this.built).hasValue(1);
	}

	@Test
	void leaseWhenGenerationChangesBuildsAnew() throws Exception {
		Rotation<String> rotation = rotation(this::build);
		String before = rotation.lease().client();
		reload();
		String after = rotation.lease().client();
		assertThat(before).isEqualTo("1");
		assertThat(after).isEqualTo("2");
		assertThat(this.built).hasValue(2);
	}

	@Test
	void leaseWhenManyThreadsAskBuildsOncePerGeneration() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger building = new AtomicInteger();
		Rotation<String> rotation = rotation(() -> {
			String made = build();
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
			FutureTask<Boolean> request = new FutureTask<>(() -> used.add(rotation.lease().client()));
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
	void leaseWhenGateChangesDuringTheBuildBuildsOnceMore() throws Exception {
		Rotation<String> rotation = rotation(() -> {
			String made = build();
			if (this.built.get() == 2) {
				reload();
			}
			return made;
		});
		reload();
		rotation.lease();
		assertThat(rotation.lease().client()).isEqualTo("3");
		rotation.lease();
		assertThat(this.built).hasValue(3);
	}

	@Test
	void leaseWhenBuildFailsTriesAgainNextTime() throws Exception {
		Rotation<String> rotation = rotation(() -> {
			String made = build();
			if (this.built.get() == 2) {
				throw new IllegalStateException("No client today");
			}
			return made;
		});
		reload();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> rotation.lease());
		assertThat(rotation.lease().client()).isEqualTo("3");
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

	@Test
	void clientWhenReplacedIsClosedWithItsLastRequest() {
		Rotation<String> rotation = rotation(this::build);
		LeasedClient<String> first = rotation.lease();
		LeasedClient<String> second = rotation.lease();
		reload();
		rotation.check();
		first.ended();
		assertThat(this.closed).isEmpty();
		assertThat(rotation.draining()).isEqualTo(1);
		second.ended();
		awaitThat(() -> this.closed.equals(List.of("1")));
		rotation.check();
		assertThat(rotation.draining()).isZero();
	}

	@Test
	void clientWhenReplacedAndUnusedIsClosedAtOnce() {
		Rotation<String> rotation = rotation(this::build);
		rotation.lease().ended();
		reload();
		rotation.check();
		awaitThat(() -> this.closed.equals(List.of("1")));
		assertThat(rotation.lease().client()).isEqualTo("2");
	}

	@Test
	void clientWhenDrainTimeIsOverIsClosed() {
		Rotation<String> rotation = new Rotation<>(this.gate,
				(generation) -> new BuiltClient<>(build(), () -> this.closed.add("closed")), Duration.ofNanos(1));
		LeasedClient<String> stuck = rotation.lease();
		reload();
		rotation.check();
		awaitThat(() -> this.closed.size() == 1);
		stuck.ended();
		assertThat(this.closed).hasSize(1);
	}

	@Test
	void closeClosesCurrentAndDrainingClients() {
		Rotation<String> rotation = rotation(this::build);
		assertThat(rotation.lease().client()).isEqualTo("1");
		reload();
		assertThat(rotation.lease().client()).isEqualTo("2");
		rotation.close();
		awaitThat(() -> Set.copyOf(this.closed).equals(Set.of("1", "2")));
	}

	private Rotation<String> rotation(Supplier<String> builder) {
		return new Rotation<>(this.gate, (generation) -> {
			String made = builder.get();
			return new BuiltClient<>(made, () -> this.closed.add(made));
		}, Duration.ofMinutes(1));
	}

	private String build() {
		return String.valueOf(this.built.incrementAndGet());
	}

	private void reload() {
		TestAuthority.create().writeTo(this.directory, "ca");
		assertThat(this.gate.reload()).isTrue();
	}

}
