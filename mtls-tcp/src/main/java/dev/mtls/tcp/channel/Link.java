package dev.mtls.tcp.channel;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.netty.ConnectionEnd;
import dev.mtls.tcp.netty.ConnectionStreams;

/**
 * The connection beneath a channel.
 */
sealed interface Link {

	Connection connection();

	Flux<Object> receive();

	Mono<Void> send(Publisher<byte[]> messages);

	@Nullable PeerIdentity peerIdentity();

	Mono<Void> onShutdown();

	Mono<Void> onClose();

	void close();

	void reset();

	/**
	 * A connection whose peer was admitted by a gate.
	 *
	 * @param tcp the connection
	 */
	record Secure(TcpConnection tcp) implements Link {

		@Override
		public Connection connection() {
			return this.tcp.unwrap();
		}

		@Override
		public Flux<Object> receive() {
			return this.tcp.receiveObjects();
		}

		@Override
		public Mono<Void> send(Publisher<byte[]> messages) {
			return this.tcp.sendObjects(messages);
		}

		@Override
		public @Nullable PeerIdentity peerIdentity() {
			return this.tcp.peerIdentity();
		}

		@Override
		public Mono<Void> onShutdown() {
			return this.tcp.onShutdown();
		}

		@Override
		public Mono<Void> onClose() {
			return this.tcp.onClose();
		}

		@Override
		public void close() {
			this.tcp.close();
		}

		@Override
		public void reset() {
			this.tcp.reset();
		}

	}

	/**
	 * A connection with nothing but TCP.
	 *
	 * @param connection the connection
	 * @param end knows how it ends
	 * @param streams what is received and sent
	 * @param onShutdown completes when whoever made it wants it to end
	 */
	record Plain(Connection connection, ConnectionEnd end, ConnectionStreams streams,
			Mono<Void> onShutdown) implements Link {

		static Plain of(Connection connection, TcpTimeouts timeouts, Mono<Void> onShutdown) {
			PlainConnectionEnd end = connection.channel().pipeline().get(PlainConnectionEnd.class);
			timeouts.addTo(connection, end);
			return new Plain(connection, end, new ConnectionStreams(connection, end, () -> null), onShutdown);
		}

		@Override
		public Flux<Object> receive() {
			return this.streams.receive(this.streams.input());
		}

		@Override
		public Mono<Void> send(Publisher<byte[]> messages) {
			return this.streams.send(this.connection.outbound().sendObject(messages).then());
		}

		@Override
		public @Nullable PeerIdentity peerIdentity() {
			return null;
		}

		@Override
		public Mono<Void> onClose() {
			return this.end.onEnd();
		}

		@Override
		public void close() {
			this.streams.close();
		}

		@Override
		public void reset() {
			this.streams.reset();
		}

	}

}
