package dev.mtls.tcp.example;

import java.time.Duration;

import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;
import dev.mtls.tcp.pool.PoolLimits;

/**
 * A client that keeps its connections.
 */
final class Pooling {

	private Pooling() {
	}

	static MtlsTcpPool pool(MtlsTcpClient client) {
		MtlsTcpClient patient = client
			.retry(Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(5)).withAttempts(8));
		return MtlsTcpPool.create(patient,
				PoolLimits.DEFAULTS.withMaxConnections(8).withPending(100, Duration.ofSeconds(2)));
	}

	static Mono<String> ask(MtlsTcpPool pool, String question) {
		return pool.use((connection) -> connection.send(ByteBufFlux.fromString(Mono.just(question)))
			.then(connection.receive().asString().next()));
	}

}
