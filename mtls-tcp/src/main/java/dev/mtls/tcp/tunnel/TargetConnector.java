package dev.mtls.tcp.tunnel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.stream.Stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.DomainSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

import dev.mtls.address.HostAndPort;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.ConnectFailure;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslProvider;
import dev.mtls.tcp.netty.ServerAdmission;

/**
 * Connects to the target of a tunnel: to one of its addresses after the other, and again
 * where that is configured.
 */
final class TargetConnector {

	private final MtlsTunnel tunnel;

	private final TunnelAddress target;

	private final Sockets sockets;

	private final @Nullable GatedSslProvider tls;

	/**
	 * Create a connector.
	 * @param tunnel the tunnel
	 * @param target where it connects to
	 * @param sockets makes the sockets
	 * @param tls the TLS of its connections, or {@code null} for plain ones
	 */
	TargetConnector(MtlsTunnel tunnel, TunnelAddress target, Sockets sockets, @Nullable GatedSslProvider tls) {
		this.tunnel = tunnel;
		this.target = target;
		this.sockets = sockets;
		this.tls = tls;
	}

	/**
	 * Connect.
	 * @param eventLoop the event loop of the connection
	 * @return the side that is connected, told on that event loop, or an
	 * {@link dev.mtls.decision.MtlsException}
	 */
	Mono<Side> connect(EventLoop eventLoop) {
		Mono<Side> connected = addresses().flatMap((addresses) -> connect(eventLoop, addresses))
			.onErrorMap((failure) -> ConnectFailure.of(this.target.toString(), failure));
		Backoff backoff = this.tunnel.backoff();
		return (backoff != null) ? connected.retryWhen(backoff.retryConnect()) : connected;
	}

	private Mono<List<SocketAddress>> addresses() {
		if (this.target instanceof TunnelAddress.UnixDomain unix) {
			return Mono.just(List.of(new DomainSocketAddress(unix.path().toFile())));
		}
		TunnelAddress.Internet internet = (TunnelAddress.Internet) this.target;
		Mono<List<SocketAddress>> addresses = Mono.fromCallable(() -> addressesOf(internet.hostAndPort()));
		return internet.isLiteral() ? addresses : addresses.subscribeOn(Schedulers.boundedElastic());
	}

	private Mono<Side> connect(EventLoop eventLoop, List<SocketAddress> addresses) {
		Mono<Side> first = connect(eventLoop, addresses.get(0));
		return (addresses.size() == 1) ? first
				: first.onErrorResume((failure) -> connect(eventLoop, addresses.subList(1, addresses.size())));
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private Mono<Side> connect(EventLoop eventLoop, SocketAddress address) {
		return Mono.create((sink) -> {
			Attempt attempt = new Attempt(sink);
			ChannelFuture connecting = this.sockets.client(this.target, eventLoop)
				.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) this.tunnel.timeouts().connect().toMillis())
				.handler(new ChannelInitializer<Channel>() {

					@Override
					protected void initChannel(Channel channel) {
						initialize(channel, attempt);
					}

				})
				.connect(address);
			connecting.addListener((connected) -> {
				if (!connected.isSuccess()) {
					attempt.fail(connected.cause());
				}
			});
			sink.onCancel(() -> connecting.channel().close());
		});
	}

	private void initialize(Channel channel, Attempt attempt) {
		if (this.tls != null) {
			Gate gate = this.tunnel.gate();
			this.tls.current().addSslHandler(channel, serverName(), false);
			GatedPipeline.connecting(channel, gate, ServerAdmission.of(gate), (pipeline, refusal) -> refusal);
			GatedPipeline.endsByItself(channel);
		}
		channel.pipeline().addLast(new Side(channel, attempt));
	}

	// What TLS asks for and checks, not what is connected to
	private InetSocketAddress serverName() {
		HostAndPort address = ((TunnelAddress.Internet) this.target).hostAndPort();
		String serverName = this.tunnel.serverName();
		return InetSocketAddress.createUnresolved((serverName != null) ? serverName : address.host(), address.port());
	}

	private static List<SocketAddress> addressesOf(HostAndPort target) throws UnknownHostException {
		return Stream.of(InetAddress.getAllByName(target.host()))
			.<SocketAddress>map((address) -> new InetSocketAddress(address, target.port()))
			.toList();
	}

	/**
	 * Hears how an attempt to connect to one address ends.
	 */
	private static final class Attempt implements SideListener {

		private final MonoSink<Side> sink;

		private boolean over;

		private Attempt(MonoSink<Side> sink) {
			this.sink = sink;
		}

		@Override
		public void connected(Side side) {
			if (!this.over) {
				this.over = true;
				this.sink.success(side);
			}
		}

		@Override
		public void failed(Side side, Throwable failure) {
			fail(failure);
		}

		@Override
		public void closed(Side side) {
			fail(new ClosedChannelException());
		}

		private void fail(Throwable failure) {
			if (!this.over) {
				this.over = true;
				this.sink.error(failure);
			}
		}

	}

}
