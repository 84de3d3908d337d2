package dev.mtls.boot.rsocket;

import java.util.List;

import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.WebsocketServerTransport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.rsocket.server.RSocketServerCustomizer;
import org.springframework.boot.rsocket.server.RSocketServerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

import dev.mtls.boot.netty.GatedServers;

/**
 * {@link RSocketServerFactory} for a server on a port of its own, behind the gate. It is
 * there because Spring Boot's own gives no hold on the server of Reactor Netty.
 */
public final class GatedRSocketServerFactory implements RSocketServerFactory {

	private final GatedServers servers;

	private final RSocketPort port;

	private final @Nullable LoopResources loopResources;

	private final List<RSocketServerCustomizer> customizers;

	/**
	 * Create a factory.
	 * @param servers puts the server behind the gate
	 * @param port the port
	 * @param loopResources the event loops, or {@code null} for those of Reactor Netty
	 * @param customizers are applied in this order
	 */
	public GatedRSocketServerFactory(GatedServers servers, RSocketPort port, @Nullable LoopResources loopResources,
			List<RSocketServerCustomizer> customizers) {
		this.servers = servers;
		this.port = port;
		this.loopResources = loopResources;
		this.customizers = List.copyOf(customizers);
	}

	@Override
	public org.springframework.boot.rsocket.server.RSocketServer create(SocketAcceptor acceptor) {
		RSocketServer server = RSocketServer.create(acceptor);
		if (this.port.fragmentSize() != null) {
			server.fragment(Math.toIntExact(this.port.fragmentSize().toBytes()));
		}
		this.customizers.forEach((customizer) -> customizer.customize(server));
		return switch (this.port.transport()) {
			case TCP -> new GatedRSocketServer<>(server.bind(new GatedTcpTransport(tcpServer())),
					GatedTcpTransport.Listener::address);
			case WEBSOCKET -> new GatedRSocketServer<>(server.bind(WebsocketServerTransport.create(httpServer())),
					CloseableChannel::address);
		};
	}

	private TcpServer tcpServer() {
		TcpServer server = TcpServer.create().bindAddress(this.port::socketAddress);
		return this.servers.gated((this.loopResources != null) ? server.runOn(this.loopResources) : server);
	}

	private HttpServer httpServer() {
		HttpServer server = HttpServer.create().bindAddress(this.port::socketAddress);
		return this.servers.gated((this.loopResources != null) ? server.runOn(this.loopResources) : server)
			.mapHandle((handled, connection) -> Mono.fromDirect(handled)
				.contextWrite(ConnectionContext.of(connection.channel())));
	}

}
