package dev.mtls.tcp;

import java.net.InetSocketAddress;
import java.util.Set;

import javax.net.ssl.SSLException;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.FutureMono;
import reactor.netty.NettyOutbound;

import dev.mtls.decision.Decision;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.LiveConnection;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.netty.ConnectionStreams;
import dev.mtls.tcp.netty.EndOfInput;
import dev.mtls.tcp.netty.LiveConnections;
import dev.mtls.tcp.netty.TlsConnectionEnd;
import dev.mtls.tls.PeerRefusedException;

/**
 * A connection whose peer was admitted by a gate, and which is cut as soon as it no
 * longer is. Safe for use by any number of threads; what is received is published to one
 * subscriber, on the event loop.
 */
public final class TcpConnection {

	private final Connection connection;

	private final LiveConnection live;

	private final TlsConnectionEnd end;

	private final ConnectionStreams streams;

	private final Mono<Void> shutdown;

	private @Nullable ReusableInput reusable;

	private TcpConnection(Connection connection, LiveConnection live, TlsConnectionEnd end, Mono<Void> shutdown) {
		this.connection = connection;
		this.live = live;
		this.end = end;
		this.streams = new ConnectionStreams(connection, end, this::refusal);
		this.shutdown = shutdown;
	}

	/**
	 * Make a connection of one whose handshake is complete.
	 * @param connection the connection of Reactor Netty, with the handlers of a gate in
	 * its pipeline
	 * @param timeouts how long it may wait
	 * @param shutdown completes when the one who made it wants it to end
	 * @return the connection
	 * @throws IllegalStateException if no gate admitted its peer
	 */
	public static TcpConnection of(Connection connection, TcpTimeouts timeouts, Mono<Void> shutdown) {
		LiveConnection live = LiveConnections.of(connection.channel());
		TlsConnectionEnd end = connection.channel().pipeline().get(TlsConnectionEnd.class);
		if (live == null || end == null) {
			throw new IllegalStateException("No gate admitted the peer of this connection");
		}
		timeouts.addTo(connection, end);
		return new TcpConnection(connection, live, end, shutdown);
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} if it presented no certificate and needs none
	 */
	public @Nullable PeerIdentity peerIdentity() {
		return this.live.identity();
	}

	/**
	 * What the peer may do, by the rules of the gate.
	 * @return the authorities
	 */
	public Set<String> authorities() {
		return this.live.admission().authorities();
	}

	/**
	 * The TLS session of the connection.
	 * @return protocol, cipher suite, and whether it was resumed
	 */
	public @Nullable TlsSession tlsSession() {
		return this.live.tls();
	}

	/**
	 * The address of the peer.
	 * @return the address
	 */
	public InetSocketAddress remoteAddress() {
		return (InetSocketAddress) this.connection.channel().remoteAddress();
	}

	/**
	 * The address at this side.
	 * @return the address
	 */
	public InetSocketAddress localAddress() {
		return (InetSocketAddress) this.connection.channel().localAddress();
	}

	/**
	 * What the peer sends. No more is read from the socket than is asked for.
	 * @return completes when the peer closed its output, or this side the connection.
	 * Fails with an {@link SSLException} if the connection ended otherwise, as it does if
	 * somebody in between ended it; with a {@link PeerRefusedException} if the peer is no
	 * longer admitted; with a {@link java.net.SocketTimeoutException} after a timeout
	 */
	public ByteBufFlux receive() {
		return ByteBufFlux.fromInbound(receiveObjects(), this.connection.channel().alloc());
	}

	/**
	 * What codecs of one's own in the pipeline make of what the peer sends.
	 * @return completes and fails as {@link #receive()} does
	 */
	public Flux<Object> receiveObjects() {
		return this.streams.receive((this.reusable != null) ? this.reusable : this.streams.input());
	}

	/**
	 * Send something, after everything that was sent before.
	 * @param data the bytes, which are released. No more are asked for than can be
	 * written to the socket
	 * @return completes when all was written to the socket. Fails as {@link #receive()}
	 * does, or with what the data failed with
	 */
	public Mono<Void> send(Publisher<? extends ByteBuf> data) {
		return this.streams.send(this.connection.outbound().send(data).then());
	}

	/**
	 * Send something that codecs of one's own in the pipeline make bytes of, as
	 * {@link #send(Publisher)} does.
	 * @param objects what those codecs take
	 * @return completes and fails as that does
	 */
	public Mono<Void> sendObjects(Publisher<?> objects) {
		return this.streams.send(this.connection.outbound().sendObject(objects).then());
	}

	/**
	 * Everything else that can be sent, such as text, or files.
	 * @return the output of Reactor Netty
	 */
	public NettyOutbound outbound() {
		return this.connection.outbound();
	}

	/**
	 * Close the output, and let the peer go on. The connection is closed when all that
	 * the peer sends was received. With TLS 1.2 the peer has to close the connection at
	 * once (RFC 5246, section 7.2.1).
	 * @return completes when the peer was told so
	 */
	public Mono<Void> closeOutput() {
		return FutureMono.deferFuture(() -> channel().pipeline().get(SslHandler.class).closeOutbound())
			.doOnSuccess((ignored) -> this.streams.outputClosed());
	}

	/**
	 * Have this connection received from more than once, one after the other, as a pool
	 * does. To be called before anybody receives.
	 * @return this connection
	 */
	public TcpConnection reusable() {
		this.reusable = new ReusableInput(this.streams.input(), channel().eventLoop());
		return this;
	}

	/**
	 * Whether a connection that is {@linkplain #reusable() reusable} may be used again.
	 * @return {@code false} if it is closed in either direction, if somebody receives
	 * from it, or if something came that nobody received
	 */
	public boolean isIdle() {
		return this.streams.areOpen() && this.reusable != null && this.reusable.isIdle();
	}

	/**
	 * Whether the peer has sent anything, by which a server shows that it has let this
	 * side in.
	 * @return whether anything was received, be it read or not
	 */
	public boolean hasReceived() {
		return this.end.hasReceived();
	}

	/**
	 * Reset the connection, because something failed: the peer is not told that what it
	 * got is all.
	 */
	public void reset() {
		this.streams.reset();
	}

	/**
	 * Completes when the server is about to be shut down, or whoever made this connection
	 * wants it to end. A handler that ends its work then loses nothing; the connection is
	 * cut when the drain time is over.
	 * @return completes then
	 */
	public Mono<Void> onShutdown() {
		return this.shutdown;
	}

	/**
	 * Completes when the connection is closed, after {@link #receive()} ended or failed.
	 * @return completes then
	 */
	public Mono<Void> onClose() {
		return this.end.onEnd();
	}

	/**
	 * Whether the connection stands.
	 * @return {@code false} once it is closed
	 */
	public boolean isOpen() {
		return channel().isActive();
	}

	/**
	 * Close the connection, and tell the peer that it got all. What was sent and not
	 * written yet is lost; wait for it to be sent before.
	 */
	public void close() {
		this.streams.close();
	}

	/**
	 * The connection of Reactor Netty, for handlers of one's own in its pipeline. What is
	 * received is told as {@link EndOfInput} when it ends.
	 * @return the connection
	 */
	public Connection unwrap() {
		return this.connection;
	}

	@Override
	public String toString() {
		PeerIdentity identity = peerIdentity();
		return "TcpConnection[%s, %s]".formatted((identity != null) ? identity.displayName() : "no certificate",
				channel().remoteAddress());
	}

	private Channel channel() {
		return this.connection.channel();
	}

	private @Nullable Throwable refusal() {
		Decision.Deny denial = this.live.denial();
		return (denial != null) ? new PeerRefusedException(String.valueOf(channel().remoteAddress()), denial) : null;
	}

}
