package dev.mtls.tcp.example;

import java.nio.charset.StandardCharsets;

import reactor.core.publisher.Flux;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.channel.SecureChannel;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * An echo server of messages, and a client that sends five and closes.
 */
final class ChannelEcho {

	private ChannelEcho() {
	}

	static TcpListener serve(MtlsContext context) {
		return SecureChannel.server(MtlsTcpServer.create(context.serverGate()).host("127.0.0.1").port(0))
			.handle((channel) -> channel.send(channel.receive()))
			.bindNow();
	}

	static Flux<String> sendFive(MtlsContext context, int port) {
		return SecureChannel.client(MtlsTcpClient.create(context.clientGate()).host("localhost").port(port))
			.connect()
			.flatMapMany((channel) -> Flux.range(1, 5)
				.map((number) -> "message " + number)
				.concatMap((text) -> channel.send(text.getBytes(StandardCharsets.UTF_8)).then(channel.receive().next()))
				.map((answer) -> new String(answer, StandardCharsets.UTF_8))
				.doFinally((signal) -> channel.close()));
	}

}
