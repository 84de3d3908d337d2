package dev.mtls.tcp.tunnel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.tcp.netty.EndOfInput;
import dev.mtls.tcp.netty.TlsConnectionEnd;
import dev.mtls.tcp.netty.Transports;

/**
 * One of the two connections of a session, and the last handler in its pipeline. What it
 * receives goes to the other side as it is. It reads no faster than the other side takes.
 */
final class Side extends ChannelInboundHandlerAdapter {

	private final Channel channel;

	private final @Nullable TlsConnectionEnd end;

	private final String peerAddress;

	private final Deque<ByteBuf> held = new ArrayDeque<>();

	private final AtomicLong received = new AtomicLong();

	private @Nullable Side other;

	private SideListener listener;

	private boolean connected;

	private boolean inputEnded;

	private boolean outputEnding;

	private boolean outputEnded;

	/**
	 * Create a side.
	 * @param channel the connection, whose TLS is in its pipeline already if it has any
	 * @param listener is told what becomes of it
	 */
	Side(Channel channel, SideListener listener) {
		this.channel = channel;
		this.listener = listener;
		this.end = channel.pipeline().get(TlsConnectionEnd.class);
		this.peerAddress = textOf(channel.remoteAddress());
	}

	/**
	 * Have somebody else told what becomes of it.
	 * @param listener is told
	 */
	void tell(SideListener listener) {
		this.listener = listener;
	}

	/**
	 * Begin to pass on to another side what was received and is received from now on.
	 * @param other the other side
	 */
	void passTo(Side other) {
		this.other = other;
		if (!this.held.isEmpty()) {
			this.held.forEach(other::write);
			this.held.clear();
			other.channel.flush();
		}
		if (this.inputEnded) {
			other.endOutput();
		}
		this.channel.config().setAutoRead(other.channel.isWritable());
	}

	/**
	 * Read nothing more for now.
	 */
	void pause() {
		this.channel.config().setAutoRead(false);
	}

	/**
	 * Close the connection.
	 * @param inOrder whether the peer may take what it got for complete
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	void close(boolean inOrder) {
		if (inOrder) {
			this.channel.close();
		}
		else if (this.channel.isOpen()) {
			Transports.reset(this.channel);
		}
	}

	/**
	 * Whether everything was received, and everything sent.
	 * @return whether nothing more can come or go
	 */
	boolean isOver() {
		return this.inputEnded && this.outputEnded && this.other != null;
	}

	boolean isOpen() {
		return this.channel.isOpen();
	}

	boolean isInputEnded() {
		return this.inputEnded;
	}

	/**
	 * Whom this is a connection with.
	 * @return the address and port, or {@code unix} for a Unix domain socket
	 */
	String peerAddress() {
		return this.peerAddress;
	}

	Channel channel() {
		return this.channel;
	}

	boolean hasTls() {
		return this.end != null;
	}

	/**
	 * How many bytes were received.
	 * @return the number, for any thread
	 */
	long received() {
		return this.received.get();
	}

	/**
	 * Whether all that this side received, up to its end, was passed on.
	 * @return whether this direction is over
	 */
	boolean isPassedOn() {
		Side other = this.other;
		return other != null && other.outputEnded && (this.inputEnded || other.isOutputRefused());
	}

	/**
	 * How many bytes wait to be taken by the socket.
	 * @return the number
	 */
	long pendingBytes() {
		// None, once the output was shut down
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Why the connection failed, if it did.
	 * @return the failure, or {@code null} if nobody knows of one
	 */
	@Nullable Throwable failure() {
		return (this.end != null) ? this.end.cause() : null;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		if (!hasTls()) {
			connect();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake) {
			if (handshake.isSuccess()) {
				connect();
			}
			else {
				this.listener.failed(this, handshake.cause());
			}
		}
		else if (event instanceof ChannelInputShutdownEvent && !hasTls()) {
			endInput();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message == EndOfInput.INSTANCE) {
			endInput();
		}
		else if (message instanceof ByteBuf bytes && !this.inputEnded) {
			receive(bytes);
		}
		else {
			ReferenceCountUtil.release(message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		Side other = this.other;
		if (other != null) {
			other.channel.flush();
			if (!other.channel.isWritable()) {
				pause();
			}
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (this.other != null) {
			this.other.channel.config().setAutoRead(this.channel.isWritable());
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		releaseHeld();
		this.listener.closed(this);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.listener.failed(this, cause);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		releaseHeld();
	}

	private void connect() {
		if (!this.connected) {
			this.connected = true;
			this.listener.connected(this);
		}
	}

	private void receive(ByteBuf bytes) {
		// Nobody else writes it
		this.received.lazySet(this.received.get() + bytes.readableBytes());
		this.listener.received(this, bytes.readableBytes());
		if (this.other != null) {
			this.other.write(bytes);
		}
		else {
			this.held.add(bytes);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void write(ByteBuf bytes) {
		this.channel.write(bytes, this.channel.voidPromise());
	}

	private void endInput() {
		if (!this.inputEnded) {
			this.inputEnded = true;
			if (isOutputRefused()) {
				this.outputEnding = true;
				this.outputEnded = true;
			}
			if (this.other != null) {
				this.other.endOutput();
			}
			closeWhenOver();
			this.listener.inputEnded();
		}
	}

	// Behind all that was written, which to shut a socket down would drop
	private void endOutput() {
		if (this.outputEnding) {
			return;
		}
		this.outputEnding = true;
		this.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((flushed) -> {
			SslHandler tls = this.channel.pipeline().get(SslHandler.class);
			if (tls != null) {
				tls.closeOutbound().addListener((closed) -> outputEnded());
			}
			else if (this.channel instanceof DuplexChannel duplex) {
				duplex.shutdownOutput().addListener((closed) -> outputEnded());
			}
		});
	}

	// With TLS 1.2 the end of one direction is that of both (RFC 5246, section 7.2.1)
	private boolean isOutputRefused() {
		return this.end != null && this.end.isOutputEnded();
	}

	private void outputEnded() {
		this.outputEnded = true;
		closeWhenOver();
		this.listener.outputEnded();
	}

	// A socket of which both directions are closed keeps its event loop awake
	private void closeWhenOver() {
		if (isOver()) {
			close(true);
		}
	}

	static String textOf(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress internet && internet.getAddress() != null)
				? HostAndPort.of(internet).toString() : "unix";
	}

	private void releaseHeld() {
		this.held.forEach(ReferenceCountUtil::release);
		this.held.clear();
	}

}
