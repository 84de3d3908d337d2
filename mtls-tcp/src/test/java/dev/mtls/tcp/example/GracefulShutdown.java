package dev.mtls.tcp.example;

import java.time.Duration;

import reactor.core.publisher.Flux;
import reactor.netty.ByteBufFlux;

import dev.mtls.gate.Gate;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * A server that sends ticks until it is shut down, and then says so.
 */
final class GracefulShutdown {

	private GracefulShutdown() {
	}

	static MtlsTcpServer server(Gate gate) {
		return MtlsTcpServer.create(gate).drainTime(Duration.ofSeconds(20)).handle((connection) -> {
			Flux<String> ticks = Flux.interval(Duration.ofMillis(10))
				.onBackpressureDrop()
				.map((tick) -> "tick\n")
				.takeUntilOther(connection.onShutdown())
				.concatWithValues("bye\n");
			return connection.send(ByteBufFlux.fromString(ticks));
		});
	}

	static void shutDown(TcpListener listener) {
		listener.close().block();
	}

}
