package dev.mtls.boot.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
		GateClientHttpRequestFactory factory = new GateClientHttpRequestFactory(this.gate, this::build);
		int threads = 8;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (int generation = 2; generation <= 20; generation++) {
				reload();
				CyclicBarrier barrier = new CyclicBarrier(threads);
				Set<String> used = ConcurrentHashMap.newKeySet();
				List<Future<Boolean>> requests = new ArrayList<>();
				for (int i = 0; i < threads; i++) {
					requests.add(executor.submit(() -> {
						barrier.await(10, TimeUnit.SECONDS);
						return used.add(factory.createRequest(TARGET, HttpMethod.GET).toString());
					}));
				}
				for (Future<Boolean> request : requests) {
					request.get(10, TimeUnit.SECONDS);
				}
				assertThat(used).containsExactly(String.valueOf(generation));
			}
			assertThat(this.built).hasValue(20);
		}
		finally {
			executor.shutdownNow();
		}
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
