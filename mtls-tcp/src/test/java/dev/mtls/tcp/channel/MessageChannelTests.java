package dev.mtls.tcp.channel;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

import dev.mtls.tcp.Site;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MessageChannel}, whichever way it is secured.
 */
@Timeout(60)
class MessageChannelTests {

	private final Site site = new Site();

	private final List<TcpListener> listeners = new ArrayList<>();

	@AfterEach
	void close() {
		this.listeners.forEach((listener) -> Site.end(listener.close(Duration.ZERO)));
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void echo(Way way) {
		TcpListener listener = listen(way, (channel) -> channel.send(channel.receive()));
		MessageChannel channel = Site.get(client(way, listener).connect());
		Site.end(channel.send(bytes("a")));
		assertThat(Site.get(channel.receive().next())).asString().isEqualTo("a");
		Site.end(channel.send(Flux.just(bytes("b"), bytes(""), bytes("c"))));
		assertThat(channel.receive().take(3).map(String::new).collectList().block()).containsExactly("b", "", "c");
		channel.close();
		Site.end(channel.onClose());
		Site.await(() -> listener.connections() == 0);
	}

	private TcpListener listen(Way way, MessageHandler handler) {
		MessageServer server = switch (way) {
			case SECURE -> SecureChannel.server(MtlsTcpServer.create(this.site.serverGate()).host("127.0.0.1"));
			case KEY_EXCHANGE_IN_TLS ->
				SecureChannel.server(MtlsTcpServer.create(this.site.serverGate()).host("127.0.0.1")).withKeyExchange();
			case UNAUTHENTICATED ->
				UnauthenticatedChannel.create().server(TcpServer.create().host("127.0.0.1").port(0));
		};
		TcpListener listener = server.handle(handler).bindNow();
		this.listeners.add(listener);
		return listener;
	}

	private MessageClient client(Way way, TcpListener listener) {
		MtlsTcpClient tcp = this.site.client(listener, "orders.example.com");
		return switch (way) {
			case SECURE -> SecureChannel.client(tcp);
			case KEY_EXCHANGE_IN_TLS -> SecureChannel.client(tcp).withKeyExchange();
			case UNAUTHENTICATED ->
				UnauthenticatedChannel.create().client(TcpClient.create().host("127.0.0.1").port(listener.port()));
		};
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	enum Way {

		SECURE, KEY_EXCHANGE_IN_TLS, UNAUTHENTICATED

	}

}
