package dev.mtls.tcp.example;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.channel.MessageClient;
import dev.mtls.tcp.channel.SecureChannel;
import dev.mtls.tcp.channel.UnauthenticatedChannel;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

/**
 * The compatible protocol, alone and inside mutual TLS.
 */
final class UnauthenticatedEcho {

	private UnauthenticatedEcho() {
	}

	static TcpListener serve() {
		return UnauthenticatedChannel.create()
			.allowedNetworks("127.0.0.0/8")
			.server(TcpServer.create().host("127.0.0.1").port(0))
			.maxMessageSize(64 * 1024)
			.handle((channel) -> channel.send(channel.receive()))
			.bindNow();
	}

	static Flux<String> sendFive(int port) {
		return UnauthenticatedChannel.create()
			.client(TcpClient.newConnection().host("127.0.0.1").port(port))
			.connect()
			.flatMapMany((channel) -> channel
				.send(Flux.range(1, 5).map((number) -> ("message " + number).getBytes(StandardCharsets.UTF_8)))
				.thenMany(channel.receive().take(5))
				.map((answer) -> new String(answer, StandardCharsets.UTF_8))
				.doFinally((signal) -> channel.close()));
	}

	static TcpListener serveInside(MtlsContext context) {
		return SecureChannel.server(MtlsTcpServer.create(context.serverGate()).host("127.0.0.1").port(0))
			.withKeyExchange()
			.handle((channel) -> channel.send(channel.receive()))
			.bindNow();
	}

	static MessageClient clientInside(MtlsContext context, int port) {
		return SecureChannel.client(MtlsTcpClient.create(context.clientGate()).host("localhost").port(port))
			.withKeyExchange();
	}

	static Mono<Void> stayConnected(MessageClient client) {
		return client.retry(Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(30)))
			.stayConnected((channel) -> channel.receive().concatMap(channel::send).then());
	}

}
