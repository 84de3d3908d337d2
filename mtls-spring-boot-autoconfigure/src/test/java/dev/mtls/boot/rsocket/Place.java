package dev.mtls.boot.rsocket;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.rsocket.transport.ClientTransport;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.client.WebsocketClientTransport;
import org.springframework.boot.WebApplicationType;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.SslContextSpec;
import reactor.netty.tcp.TcpClient;

/**
 * Where a server speaks RSocket.
 */
enum Place {

	/**
	 * On a port of its own.
	 */
	TCP(WebApplicationType.NONE, "local.rsocket.server.port"),

	/**
	 * Over WebSocket, on a port of its own.
	 */
	WEBSOCKET(WebApplicationType.NONE, "local.rsocket.server.port"),

	/**
	 * Over WebSocket, on the port of the web server.
	 */
	WEB(WebApplicationType.REACTIVE, "local.server.port");

	private final WebApplicationType type;

	private final String port;

	Place(WebApplicationType type, String port) {
		this.type = type;
		this.port = port;
	}

	WebApplicationType type() {
		return this.type;
	}

	/**
	 * The property that tells the port.
	 * @return its name
	 */
	String port() {
		return this.port;
	}

	List<String> properties() {
		return switch (this) {
			case TCP -> List.of("spring.rsocket.server.port=0");
			case WEBSOCKET -> List.of("spring.rsocket.server.port=0", "spring.rsocket.server.transport=websocket");
			case WEB -> List.of("server.port=0", "spring.rsocket.server.transport=websocket",
					"spring.rsocket.server.mapping-path=/rsocket");
		};
	}

	ClientTransport transport(int port, SslContext tls, String header) {
		if (this == TCP) {
			return TcpClientTransport.create(TcpClient.newConnection()
				.host("localhost")
				.port(port)
				.secure((SslContextSpec spec) -> spec.sslContext(tls))
				.doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst(new Header(header))));
		}
		return WebsocketClientTransport.create(
				HttpClient.newConnection()
					.host("localhost")
					.port(port)
					.secure((SslContextSpec spec) -> spec.sslContext(tls))
					.doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst(new Header(header))),
				"/rsocket");
	}

	/**
	 * Sends something before TLS begins.
	 */
	private static final class Header extends ChannelInboundHandlerAdapter {

		private final String text;

		Header(String text) {
			this.text = text;
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void channelActive(ChannelHandlerContext context) {
			if (!this.text.isEmpty()) {
				context.writeAndFlush(Unpooled.copiedBuffer(this.text, StandardCharsets.US_ASCII));
			}
			context.fireChannelActive();
		}

	}

}
