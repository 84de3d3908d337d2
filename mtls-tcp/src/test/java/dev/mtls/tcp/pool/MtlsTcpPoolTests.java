package dev.mtls.tcp.pool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ByteBufFlux;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsTcpPool}.
 */
class MtlsTcpPoolTests {

	private final Site site = new Site();

	private final Queue<TcpConnection> accepted = new ConcurrentLinkedQueue<>();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void useOneAfterTheOtherTakesOneConnection(TlsEngine engine) {
		MtlsTcpPool pool = pool(client(echo(engine)).engine(engine), PoolLimits.DEFAULTS);
		for (int i = 0; i < 100; i++) {
			assertThat(ask(pool, "question " + i)).isEqualTo("question " + i);
		}
		assertThat(this.accepted).hasSize(1);
		assertThat(pool.idle()).isEqualTo(1);
		assertThat(pool.acquired()).isZero();
		pool.close();
		Site.await(() -> this.accepted.stream().noneMatch(TcpConnection::isOpen));
	}

	@Test
	void useWhileAllAreInUseWaitsForOne() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)), PoolLimits.DEFAULTS.withMaxConnections(2));
		List<String> answers = Site
			.get(Flux.range(0, 50).flatMap((i) -> exchange(pool, "question " + i), 50).collectList());
		assertThat(answers).hasSize(50).doesNotHaveDuplicates();
		assertThat(this.accepted).hasSize(2);
	}

	@Test
	void useWhenExhaustedFailsAndRecovers() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)),
				PoolLimits.DEFAULTS.withMaxConnections(1).withPending(1, Duration.ofMillis(200)));
		Sinks.Empty<Void> release = Sinks.empty();
		Disposable holder = pool.use((connection) -> release.asMono()).subscribe();
		Site.await(() -> pool.acquired() == 1);
		Mono<String> waits = exchange(pool, "waits").cache();
		Disposable waiting = waits.subscribe((answer) -> {
		}, (failure) -> {
		});
		assertThat(pool.pending()).isEqualTo(1);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> ask(pool, "too many"))
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo(Reason.POOL_EXHAUSTED))
			.satisfies((failure) -> assertThat(failure.isRecoverable()).isTrue());
		assertThatExceptionOfType(MtlsException.class).isThrownBy(waits::block)
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo(Reason.POOL_EXHAUSTED));
		release.tryEmitEmpty();
		assertThat(ask(pool, "again")).isEqualTo("again");
		assertThat(this.accepted).hasSize(1);
		assertThat(holder.isDisposed() && waiting.isDisposed()).isTrue();
	}

	@Test
	void useThatFailsOrIsCancelledClosesConnection() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)), PoolLimits.DEFAULTS);
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> pool.use((connection) -> Mono.error(new IllegalStateException("fails"))).block());
		Site.await(() -> this.accepted.size() == 1 && !this.accepted.element().isOpen());
		Disposable cancelled = pool.use((connection) -> Mono.never()).subscribe();
		Site.await(() -> this.accepted.size() == 2);
		cancelled.dispose();
		Site.await(() -> this.accepted.stream().noneMatch(TcpConnection::isOpen));
		assertThat(ask(pool, "again")).isEqualTo("again");
		assertThat(pool.acquired()).isZero();
	}

	@Test
	void connectionWithSomethingLeftToReadIsNotLentAgain() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)),
				PoolLimits.DEFAULTS.withEvictionInterval(Duration.ofMillis(50)));
		assertThat(ask(pool, "first")).isEqualTo("first");
		Site.end(this.accepted.element().send(ByteBufFlux.fromString(Mono.just("for nobody"))));
		Site.await(() -> pool.idle() == 0);
		assertThat(ask(pool, "second")).isEqualTo("second");
		assertThat(this.accepted).hasSize(2);
	}

	@Test
	void useManyGivesBackConnectionWhenItCompletes() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)), PoolLimits.DEFAULTS);
		for (int i = 0; i < 3; i++) {
			List<String> answers = Site.get(pool
				.useMany((connection) -> Flux.range(0, 3)
					.concatMap((number) -> connection.send(ByteBufFlux.fromString(Mono.just("a")))
						.then(connection.receive().asString().next())))
				.collectList());
			assertThat(answers).containsExactly("a", "a", "a");
		}
		assertThat(this.accepted).hasSize(1);
	}

	@Test
	void connectionThatDiedIsNotLentAgain() {
		MtlsTcpPool pool = pool(client(echo(TlsEngine.JDK)),
				PoolLimits.DEFAULTS.withEvictionInterval(Duration.ofMillis(50)));
		ask(pool, "first");
		this.accepted.element().close();
		Site.await(() -> pool.idle() == 0);
		assertThat(ask(pool, "second")).isEqualTo("second");
		assertThat(this.accepted).hasSize(2);
	}

	@Test
	void connectionOfOtherRulesIsNotLentAgain(@TempDir Path directory) throws Exception {
		Path rules = Files.writeString(directory.resolve("rules"), "dns:localhost\n");
		Gate gate = this.site.clientGate(this.site.authority().client("orders"), (settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-servers", List.of("file:" + rules)));
		MtlsTcpPool pool = pool(MtlsTcpClient.create(gate).host("localhost").port(echo(TlsEngine.JDK).port()),
				PoolLimits.DEFAULTS.withEvictionInterval(Duration.ofMillis(50)));
		ask(pool, "first");
		assertThat(gate.reload()).isFalse();
		assertThat(pool.idle()).isEqualTo(1);
		Files.writeString(rules, "dns:localhost\ndns:other\n");
		assertThat(gate.reload()).isTrue();
		Site.await(() -> pool.idle() == 0);
		assertThat(ask(pool, "second")).isEqualTo("second");
		assertThat(this.accepted).hasSize(2);
	}

	@Test
	void connectionIsClosedWhenIdleOrOldForTooLong() {
		MtlsTcpPool idle = pool(client(echo(TlsEngine.JDK)),
				PoolLimits.DEFAULTS.withTimes(Duration.ofMillis(100), Duration.ofHours(1))
					.withEvictionInterval(Duration.ofMillis(50)));
		ask(idle, "first");
		Site.await(() -> idle.idle() == 0 && !this.accepted.element().isOpen());
		MtlsTcpPool old = pool(client(echo(TlsEngine.JDK)),
				PoolLimits.DEFAULTS.withTimes(Duration.ofHours(1), Duration.ofMillis(100))
					.withEvictionInterval(Duration.ofMillis(50)));
		ask(old, "first");
		Site.await(() -> old.idle() == 0);
	}

	@Test
	void useWaitsForServerThatComesBack() {
		TcpListener listener = echo(TlsEngine.JDK);
		MtlsTcpClient client = client(listener)
			.retry(Backoff.exponential(Duration.ofMillis(20), Duration.ofMillis(100)));
		MtlsTcpPool pool = pool(client, PoolLimits.DEFAULTS.withEvictionInterval(Duration.ofMillis(50)));
		ask(pool, "first");
		Site.end(listener.close(Duration.ZERO));
		Site.await(() -> pool.idle() == 0);
		Mono<String> second = exchange(pool, "second").cache();
		Disposable waiting = second.subscribe();
		this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.port(listener.port())
			.handle((connection) -> connection.send(connection.receive().retain())));
		assertThat(Site.get(second)).isEqualTo("second");
		waiting.dispose();
	}

	@Test
	void serverThatIsRefusedIsToldAtOnce() {
		TcpListener listener = echo(TlsEngine.JDK);
		MtlsTcpPool pool = pool(MtlsTcpClient
			.create(this.site.clientGate(this.site.authority().client("orders"), (settings) -> settings,
					(locations) -> locations.allowedPeers("allowed-servers", List.of("dns:other"))))
			.port(listener.port()), PoolLimits.DEFAULTS);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> ask(pool, "first"))
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
	}

	private TcpListener echo(TlsEngine engine) {
		return this.site.listen(MtlsTcpServer.create(this.site.serverGate()).engine(engine).handle((connection) -> {
			this.accepted.add(connection);
			return connection.send(connection.receive().retain());
		}));
	}

	private MtlsTcpClient client(TcpListener listener) {
		return this.site.client(listener, "orders");
	}

	private static MtlsTcpPool pool(MtlsTcpClient client, PoolLimits limits) {
		return MtlsTcpPool.create(client, limits);
	}

	private static String ask(MtlsTcpPool pool, String question) {
		return Site.get(exchange(pool, question));
	}

	// Takes as many bytes as were sent, and no more
	private static Mono<String> exchange(MtlsTcpPool pool, String question) {
		int length = question.getBytes(StandardCharsets.UTF_8).length;
		return pool.use((connection) -> connection.send(ByteBufFlux.fromString(Mono.just(question)))
			.then(connection.receive()
				.asString()
				.scan("", String::concat)
				.filter((answer) -> answer.length() >= length)
				.next()));
	}

}
