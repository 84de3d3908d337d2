package dev.mtls.tcp.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.tcp.TcpServer;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.GatedSslProvider;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.tcp.netty.LiveConnections;
import dev.mtls.tcp.netty.Transports;

/**
 * Makes a server of Reactor Netty that listens, of what was set.
 */
final class Binding {

	private static final Logger logger = Loggers.getLogger(MtlsTcpServer.class);

	private final MtlsTcpServer server;

	private final Gate gate;

	private final GatedSslContexts contexts;

	private final GatedSslProvider tls;

	private final Connections connections = new Connections((channel) -> LiveConnections.of(channel) != null);

	Binding(MtlsTcpServer server) {
		this.server = server;
		this.gate = server.gate();
		this.contexts = new GatedSslContexts(this.gate, server.profile(), server.name(), server.engine().provider(),
				List.of());
		this.tls = new GatedSslProvider(this.contexts);
	}

	Mono<TcpListener> bind() {
		this.contexts.checkStapling();
		// So that what the engine cannot do fails now, and not with the first connection
		this.tls.current();
		TcpServer customized = this.server.customize(TcpServer.create());
		if (customized.configuration().sslProvider() != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.server.name(),
					"the TLS of the server is customized as well", "leave its TLS to the gate");
		}
		TcpServer gated = customized.host(this.server.host())
			.port(this.server.port())
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel))
			.doOnConnection(this::handle);
		gated = (this.server.loops() != null) ? gated.runOn(this.server.loops()) : HalfCloseLoops.runOn(gated);
		return gated.bind()
			.onErrorMap((failure) -> BindFailure.of(this.server.name(),
					"%s:%d".formatted(this.server.host(), this.server.port()), failure))
			.map((listening) -> new TcpListener(listening, this.connections, this.server.drainTime()))
			.doOnNext(this::tellStart);
	}

	private void initialize(Channel channel) {
		try {
			if (!(channel.remoteAddress() instanceof InetSocketAddress remote) || !isAllowed(remote.getAddress())
					|| !this.connections.add(channel)) {
				Transports.reset(channel);
				return;
			}
			this.tls.current().addSslHandler(channel, null, false);
			GatedPipeline.accepted(channel, this.gate, remote.getAddress());
			GatedPipeline.endsByItself(channel);
		}
		catch (RuntimeException ex) {
			logger.error(
					"[%s] A connection could not be decided on and is therefore refused".formatted(this.server.name()),
					ex);
			Transports.reset(channel);
		}
	}

	private boolean isAllowed(InetAddress address) {
		return this.gate.admitAddress(address).isAllowed();
	}

	private void handle(Connection connection) {
		this.server.addHandlers(connection);
		TcpConnection accepted = TcpConnection.of(connection, this.server.timeouts(), this.connections.onShutdown());
		// Reactor Netty's own subscriber would cancel the handler before that is told how
		// the connection ended
		Mono.defer(() -> Mono.fromDirect(this.server.handler().handle(accepted)))
			.takeUntilOther(accepted.onClose())
			.subscribe(null, (failure) -> {
				tellFailure(accepted, failure);
				accepted.reset();
			}, connection::dispose);
	}

	private void tellStart(TcpListener listener) {
		logger.info("[{}] Listens at {}, with TLS by {} and {}", this.server.name(), listener.address(),
				TlsEngine.of(this.contexts.engine()), listener.transport());
	}

	// What a peer can bring about is not worth an error in the log of each
	private void tellFailure(TcpConnection connection, Throwable failure) {
		if (failure instanceof IOException || failure instanceof AbortedException) {
			logger.debug("[%s] %s ended".formatted(this.server.name(), connection), failure);
		}
		else {
			logger.error("[%s] The handler of %s failed".formatted(this.server.name(), connection), failure);
		}
	}

}
