package dev.mtls.benchmarks;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/**
 * An end of a tunnel of Netty, netty-tcnative and nothing else, in a process of its own:
 * what one side sends is passed to the other, without any check beyond that of the
 * certificate.
 */
public final class BareTunnel {

	private static final int RECEIVE_BUFFER = 256 * 1024;

	private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(RECEIVE_BUFFER, 4 * RECEIVE_BUFFER);

	private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

	private BareTunnel() {
	}

	/**
	 * Pass on until the process is ended.
	 * @param args {@code server} or {@code client}, the port to listen at, the port of
	 * the target, and the files of the certificate, its key and what is trusted
	 */
	public static void main(String[] args) throws Exception {
		boolean server = "server".equals(args[0]);
		SslContext context = sslContext(server, new File(args[3]), new File(args[4]), new File(args[5]));
		InetSocketAddress target = loopback(args[2]);
		EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
		new ServerBootstrap().group(loops)
			.channel(EpollServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
			.childOption(ChannelOption.AUTO_READ, false)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
			.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
			.childHandler(new Ends(context, server, (accepted) -> connect(accepted, target, context, server)))
			.bind(loopback(args[1]))
			.sync();
	}

	private static void connect(Channel accepted, InetSocketAddress target, SslContext context, boolean server) {
		new Bootstrap().group(accepted.eventLoop())
			.channel(EpollSocketChannel.class)
			.option(ChannelOption.ALLOCATOR, ALLOCATOR)
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
			.option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
			.handler(new Ends(context, !server, (connected) -> {
			}))
			.connect(target)
			.addListener((ChannelFutureListener) (future) -> join(accepted, future.channel(), future.isSuccess()));
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private static void join(Channel accepted, Channel connected, boolean success) {
		if (!success) {
			accepted.close();
			return;
		}
		accepted.pipeline().get(PassOn.class).to = connected;
		connected.pipeline().get(PassOn.class).to = accepted;
		accepted.config().setAutoRead(true);
		connected.config().setAutoRead(true);
	}

	private static InetSocketAddress loopback(String port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
	}

	private static AdaptiveRecvByteBufAllocator receiveBuffers() {
		return new AdaptiveRecvByteBufAllocator(1024, 2048, RECEIVE_BUFFER);
	}

	private static SslContext sslContext(boolean server, File certificate, File key, File trust) throws Exception {
		SslContextBuilder builder = server
				? SslContextBuilder.forServer(certificate, key).clientAuth(ClientAuth.REQUIRE)
				: SslContextBuilder.forClient().keyManager(certificate, key).endpointIdentificationAlgorithm(null);
		return builder.sslProvider(SslProvider.OPENSSL_REFCNT).trustManager(trust).protocols("TLSv1.3").build();
	}

	/**
	 * What is done with a new channel.
	 */
	@FunctionalInterface
	private interface Next {

		void run(Channel channel);

	}

	/**
	 * Prepares the channels of either side.
	 */
	private static final class Ends extends ChannelInitializer<Channel> {

		private final SslContext context;

		private final boolean secure;

		private final Next next;

		Ends(SslContext context, boolean secure, Next next) {
			this.context = context;
			this.secure = secure;
			this.next = next;
		}

		@Override
		protected void initChannel(Channel channel) {
			if (this.secure) {
				channel.pipeline().addLast(this.context.newHandler(channel.alloc()));
			}
			channel.pipeline().addLast(new PassOn());
			this.next.run(channel);
		}

	}

	/**
	 * Passes on what is read, and reads while the other side takes it.
	 */
	private static final class PassOn extends ChannelInboundHandlerAdapter {

		private @Nullable Channel to;

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void channelRead(ChannelHandlerContext context, Object message) {
			to().write(message, to().voidPromise());
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			Channel other = this.to;
			if (other != null) {
				other.flush();
				if (!other.isWritable()) {
					context.channel().config().setAutoRead(false);
				}
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			Channel other = this.to;
			if (other != null && context.channel().isWritable()) {
				other.config().setAutoRead(true);
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			Channel other = this.to;
			if (other != null) {
				other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
			}
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

		private Channel to() {
			if (this.to == null) {
				throw new IllegalStateException("Nothing is read before there is another side");
			}
			return this.to;
		}

	}

}
