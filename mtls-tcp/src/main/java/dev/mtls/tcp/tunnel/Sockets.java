package dev.mtls.tcp.tunnel;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.ServerDomainSocketChannel;
import reactor.netty.resources.LoopResources;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The sockets of tunnels, and what is set on them. Whoever sends much is read with few
 * calls, and whoever is silent has no buffer.
 */
final class Sockets {

	private static final int MIN_RECEIVE_BUFFER = 512;

	private static final int FIRST_RECEIVE_BUFFER = 4 * 1024;

	private static final int MAX_RECEIVE_BUFFER = 256 * 1024;

	private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 512 * 1024);

	private final LoopResources loops;

	Sockets(LoopResources loops) {
		this.loops = loops;
	}

	/**
	 * Make what listens.
	 * @param address where, which says what kind of socket it is
	 * @param autoRead whether to read from connections before anybody asks
	 * @return the bootstrap, without a handler
	 */
	ServerBootstrap server(TunnelAddress address, boolean autoRead) {
		boolean internet = address instanceof TunnelAddress.Internet;
		EventLoopGroup group = this.loops.onServer(true);
		Class<? extends Channel> type = internet ? ServerSocketChannel.class : ServerDomainSocketChannel.class;
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.loops.onServerSelect(true), group)
			.channelFactory(() -> (ServerChannel) this.loops.onChannel(type, group))
			.childOption(ChannelOption.AUTO_READ, autoRead)
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
			.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
		if (internet) {
			bootstrap.childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.SO_KEEPALIVE, true);
		}
		return bootstrap;
	}

	/**
	 * Make what connects.
	 * @param address where to, which says what kind of socket it is
	 * @param eventLoop the event loop of the connection
	 * @return the bootstrap, without a handler
	 */
	Bootstrap client(TunnelAddress address, EventLoop eventLoop) {
		boolean internet = address instanceof TunnelAddress.Internet;
		Class<? extends Channel> type = internet ? SocketChannel.class : DomainSocketChannel.class;
		Bootstrap bootstrap = new Bootstrap().group(eventLoop)
			.channelFactory(() -> this.loops.onChannel(type, this.loops.onServer(true)))
			.option(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
			.option(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
			.option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
		if (internet) {
			bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
		}
		return bootstrap;
	}

	/**
	 * Check that the transport can do what an address needs. NIO cannot close one
	 * direction of a Unix domain socket alone.
	 * @param address the address
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it cannot
	 */
	void check(TunnelAddress address) {
		if (address instanceof TunnelAddress.UnixDomain && isNio()) {
			throw new MtlsException(Reason.ENGINE_UNSUPPORTED, address.toString(),
					"Unix domain sockets need a native transport of Netty, and none is there for this machine",
					"add io.netty:netty-transport-native-epoll or -kqueue with the classifier of this machine, or use an address of the loopback interface");
		}
	}

	private boolean isNio() {
		return this.loops.onServer(true).next() instanceof IoEventLoop loop && loop.isCompatible(NioIoHandle.class);
	}

	// One for each connection, because it learns. What one read gives is passed on before
	// the next
	private static AdaptiveRecvByteBufAllocator receiveBuffers() {
		AdaptiveRecvByteBufAllocator buffers = new AdaptiveRecvByteBufAllocator(MIN_RECEIVE_BUFFER,
				FIRST_RECEIVE_BUFFER, MAX_RECEIVE_BUFFER);
		buffers.maxMessagesPerRead(1);
		return buffers;
	}

}
