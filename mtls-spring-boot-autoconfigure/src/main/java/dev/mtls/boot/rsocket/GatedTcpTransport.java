package dev.mtls.boot.rsocket;

import java.net.InetSocketAddress;

import io.rsocket.Closeable;
import io.rsocket.transport.ServerTransport;
import io.rsocket.transport.netty.RSocketLengthCodec;
import io.rsocket.transport.netty.TcpDuplexConnection;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

/**
 * {@link ServerTransport} over TCP in whose Reactor context the connection is. RSocket's
 * own is closed to that.
 *
 * @param server the server, which is behind the gate
 */
record GatedTcpTransport(TcpServer server) implements ServerTransport<GatedTcpTransport.Listener> {

	@Override
	public Mono<Listener> start(ConnectionAcceptor acceptor) {
		return this.server
			.doOnConnection((connection) -> connection.addHandlerLast(new RSocketLengthCodec(maxFrameLength())))
			.handle((inbound, outbound) -> accept(acceptor, (Connection) inbound).then(outbound.neverComplete()))
			.bind()
			.map(Listener::new);
	}

	private static Mono<Void> accept(ConnectionAcceptor acceptor, Connection connection) {
		return acceptor.apply(new TcpDuplexConnection("server", connection))
			.contextWrite(ConnectionContext.of(connection.channel()));
	}

	/**
	 * What listens.
	 *
	 * @param server the server
	 */
	record Listener(DisposableServer server) implements Closeable {

		InetSocketAddress address() {
			return (InetSocketAddress) this.server.address();
		}

		@Override
		public Mono<Void> onClose() {
			return this.server.onDispose();
		}

		@Override
		public boolean isDisposed() {
			return this.server.isDisposed();
		}

		@Override
		public void dispose() {
			this.server.dispose();
		}

	}

}
