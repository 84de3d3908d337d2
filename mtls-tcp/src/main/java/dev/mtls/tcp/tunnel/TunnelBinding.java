package dev.mtls.tcp.tunnel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.address.HostAndPort;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.GatedSslProvider;
import dev.mtls.tcp.netty.Transports;
import dev.mtls.tcp.server.BindFailure;

/**
 * Makes a tunnel that runs, of what was set.
 */
final class TunnelBinding {

	private static final Logger logger = Loggers.getLogger(MtlsTunnel.class);

	private final MtlsTunnel tunnel;

	private final Gate gate;

	private final TunnelAddress listen;

	private final TunnelAddress target;

	private final GatedSslContexts contexts;

	private final GatedSslProvider tls;

	private final Sockets sockets;

	private final Sessions sessions;

	private final TargetConnector connector;

	TunnelBinding(MtlsTunnel tunnel, TunnelAddress listen, TunnelAddress target) {
		this.tunnel = tunnel;
		this.gate = tunnel.gate();
		this.listen = listen;
		this.target = target;
		GatedSslContexts contexts = new GatedSslContexts(this.gate, tunnel.name(), tunnel.engine().provider(),
				List.of());
		this.contexts = (tunnel.isAuthenticationDisabled() && isServer()) ? contexts.withoutClientAuthentication()
				: contexts;
		this.tls = new GatedSslProvider(this.contexts);
		this.sockets = new Sockets(tunnel.loops());
		this.sessions = new Sessions(tunnel);
		this.connector = new TargetConnector(tunnel, target, this.sockets, isServer() ? null : this.tls);
	}

	Mono<RunningTunnel> bind() {
		this.sockets.check(this.listen);
		this.sockets.check(this.target);
		this.contexts.checkStapling();
		// So that what the engine cannot do fails now, and not with the first connection
		this.tls.current();
		return listen().onErrorMap((failure) -> BindFailure.of(this.tunnel.name(), this.listen.toString(), failure))
			.map((channel) -> new RunningTunnel(this.tunnel, addressOf(channel), this.target, channel, this.sessions))
			.doOnNext(this::tellStart);
	}

	private Mono<Channel> listen() {
		return Mono.fromCallable(() -> bindTo(address()))
			.flatMap((bound) -> FutureMono.from(bound).thenReturn(bound.channel()));
	}

	private ChannelFuture bindTo(SocketAddress address) {
		return this.sockets.server(this.listen, isServer()).childHandler(new ChannelInitializer<Channel>() {

			@Override
			protected void initChannel(Channel channel) {
				accept(channel);
			}

		}).bind(address);
	}

	private void accept(Channel channel) {
		try {
			if (isServer() ? acceptTls(channel) : this.sessions.accept(channel)) {
				channel.pipeline().addLast(new Session(this.tunnel, this.sessions, this.connector, channel).client());
				return;
			}
		}
		catch (RuntimeException ex) {
			logger.error(
					"[%s] A connection could not be decided on and is therefore refused".formatted(this.tunnel.name()),
					ex);
		}
		Transports.reset(channel);
	}

	private boolean acceptTls(Channel channel) {
		if (channel.remoteAddress() instanceof InetSocketAddress remote
				&& this.gate.admitAddress(remote.getAddress()).isAllowed() && this.sessions.accept(channel)) {
			this.tls.current().addSslHandler(channel, null, false);
			GatedPipeline.accepted(channel, this.gate, remote.getAddress());
			GatedPipeline.endsByItself(channel);
			return true;
		}
		return false;
	}

	private SocketAddress address() throws IOException {
		if (this.listen instanceof TunnelAddress.UnixDomain unix) {
			UnixDomainSockets.makeWay(unix.path());
			return new DomainSocketAddress(unix.path().toFile());
		}
		HostAndPort address = ((TunnelAddress.Internet) this.listen).hostAndPort();
		return new InetSocketAddress(address.host(), address.port());
	}

	private TunnelAddress addressOf(Channel channel) {
		return (channel.localAddress() instanceof InetSocketAddress address)
				? new TunnelAddress.Internet(HostAndPort.of(address)) : this.listen;
	}

	private void tellStart(RunningTunnel running) {
		logger.info("[{}] Listens at {} as {}, and connects to {}, with TLS by {}", running.name(), running.address(),
				this.tunnel.role().name().toLowerCase(Locale.ROOT), running.target(),
				TlsEngine.of(this.contexts.engine()));
	}

	private boolean isServer() {
		return this.tunnel.role() == TunnelRole.SERVER;
	}

}
