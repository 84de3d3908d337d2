package dev.mtls.boot.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.proxyprotocol.PendingHeader;
import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.Verdict;
import dev.mtls.tcp.netty.Transports;

/**
 * Stands before TLS until the header of the PROXY protocol has come, and then lets the
 * rest of the bytes through.
 */
final class ProxyHeaderHandler extends ByteToMessageDecoder {

	static final String NAME = "mtls.proxyHeader";

	private final ProxyProtocol protocol;

	private final InetSocketAddress proxy;

	private final Consumer<InetSocketAddress> next;

	private @Nullable PendingHeader header;

	/**
	 * Create a handler.
	 * @param protocol the protocol
	 * @param proxy the address at the other end of the socket
	 * @param next is told the address of the peer, before the bytes behind the header are
	 * let through
	 */
	ProxyHeaderHandler(ProxyProtocol protocol, InetSocketAddress proxy, Consumer<InetSocketAddress> next) {
		this.protocol = protocol;
		this.proxy = proxy;
		this.next = next;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		Channel channel = context.channel();
		this.header = this.protocol.begin(this.proxy,
				() -> channel.eventLoop().execute(() -> Transports.reset(channel)));
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		ByteBuffer bytes = in.nioBuffer();
		if (this.header != null
				&& this.header.read(bytes) instanceof Verdict.Accepted<Optional<InetSocketAddress>> accepted) {
			accepted.value().ifPresent((peer) -> {
				in.skipBytes(in.readableBytes() - bytes.remaining());
				this.next.accept(peer);
				context.pipeline().remove(this);
			});
			return;
		}
		in.skipBytes(in.readableBytes());
		Transports.reset(context.channel());
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		forget();
		super.channelInactive(context);
	}

	@Override
	protected void handlerRemoved0(ChannelHandlerContext context) {
		forget();
	}

	private void forget() {
		if (this.header != null) {
			this.header.closed();
		}
	}

}
