package dev.mtls.tcp.example;

import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * An echo server and its client on event loops.
 */
final class ReactiveEcho {

	private ReactiveEcho() {
	}

	static TcpListener serve(MtlsContext context) {
		return MtlsTcpServer.create(context.serverGate())
			.host("127.0.0.1")
			.port(0)
			.handle((connection) -> connection.send(connection.receive().retain()))
			.bindNow();
	}

	static Mono<String> ask(MtlsContext context, int port, String question) {
		return MtlsTcpClient.create(context.clientGate())
			.host("localhost")
			.port(port)
			.connect()
			.flatMap((connection) -> connection.send(ByteBufFlux.fromString(Mono.just(question)))
				.then(connection.closeOutput())
				.then(connection.receive().aggregate().asString()));
	}

}
