package dev.mtls.tcp.example;

import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;

import dev.mtls.gate.Gate;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;

/**
 * A protocol of messages, each with its length before it.
 */
final class LengthPrefixed {

	private static final int MAX_LENGTH = 64 * 1024;

	private LengthPrefixed() {
	}

	static void frame(Connection connection) {
		connection.addHandlerLast(new LengthFieldBasedFrameDecoder(MAX_LENGTH, 0, 4, 0, 4))
			.addHandlerLast(new LengthFieldPrepender(4));
	}

	static MtlsTcpServer server(Gate gate) {
		return MtlsTcpServer.create(gate)
			.pipeline(LengthPrefixed::frame)
			.handle((connection) -> connection.receive()
				.asString()
				.concatMap((name) -> connection.send(ByteBufFlux.fromString(Mono.just("Hello " + name)))));
	}

	static MtlsTcpClient client(Gate gate) {
		return MtlsTcpClient.create(gate).pipeline(LengthPrefixed::frame);
	}

	static Flux<String> greet(MtlsTcpClient client, Flux<String> names) {
		return client.connect()
			.flatMapMany((connection) -> connection.send(ByteBufFlux.fromString(names))
				.then(connection.closeOutput())
				.thenMany(connection.receive().asString()));
	}

}
