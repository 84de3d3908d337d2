package dev.mtls.boot.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * {@link NettyServerCustomizer} that asks the gate for each accepted connection before a
 * byte is read or written, and puts a {@link GatedChannelHandler} right behind TLS.
 */
final class GatedHttpServer implements NettyServerCustomizer {

	private static final Log logger = LogFactory.getLog(GatedHttpServer.class);

	private final Gate gate;

	private final io.netty.handler.ssl.SslProvider engine;

	private final @Nullable ProxyProtocol proxyProtocol;

	private final ToldAddresses toldAddresses = new ToldAddresses();

	GatedHttpServer(Gate gate, io.netty.handler.ssl.SslProvider engine, @Nullable ProxyProtocol proxyProtocol) {
		this.gate = gate;
		this.engine = engine;
		this.proxyProtocol = proxyProtocol;
	}

	@Override
	public HttpServer apply(HttpServer server) {
		GatedSslContexts contexts = new GatedSslContexts(this.gate, this.engine,
				applicationProtocols(server.configuration().protocols()));
		contexts.checkStapling();
		GatedSslProvider provider = new GatedSslProvider(contexts);
		HttpServer secured = server.secure((spec) -> secure(spec, provider))
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel));
		return (this.proxyProtocol != null) ? secured.forwarded(this.toldAddresses::apply) : secured;
	}

	private void secure(SslProvider.SslContextSpec spec, GatedSslProvider provider) {
		// Names do not matter, but only their mapping is asked when a ClientHello comes.
		// The gate times the handshake, as a whole and not in its parts
		spec.sslContext(provider.current().getSslContext())
			.handshakeTimeoutMillis(0)
			.setSniAsyncMappings((serverName, promise) -> promise.setSuccess(provider.current()));
	}

	private void initialize(Channel channel) {
		if (!(channel.remoteAddress() instanceof InetSocketAddress remote) || remote.getAddress() == null
				|| !isAllowed(remote.getAddress()) || channel.pipeline().get(NettyPipeline.SslHandler) == null) {
			Transports.reset(channel);
			return;
		}
		if (this.proxyProtocol == null) {
			initialize(channel, remote.getAddress());
			return;
		}
		channel.pipeline()
			.addBefore(NettyPipeline.SslHandler, ProxyHeaderHandler.NAME,
					new ProxyHeaderHandler(this.proxyProtocol, remote, (peer) -> {
						this.toldAddresses.add(channel, remote, peer);
						initialize(channel, peer.getAddress());
					}));
	}

	private void initialize(Channel channel, InetAddress address) {
		LingeringClose linger = new LingeringClose();
		channel.pipeline()
			.addBefore(NettyPipeline.SslHandler, LingeringClose.NAME, linger)
			.addAfter(NettyPipeline.SslHandler, GatedChannelHandler.NAME,
					new GatedChannelHandler(this.gate, address, linger));
		if (this.gate.settings().revocation().isOn()) {
			channel.pipeline()
				.addBefore(GatedChannelHandler.NAME, RevocationChannelHandler.NAME,
						new RevocationChannelHandler(this.gate::askRevocation));
		}
	}

	private boolean isAllowed(InetAddress address) {
		try {
			return (this.proxyProtocol != null) ? this.proxyProtocol.admitProxy(address)
					: this.gate.admitAddress(address) instanceof Decision.Allow;
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a connection, which is therefore refused", ex);
			return false;
		}
	}

	private static List<String> applicationProtocols(HttpProtocol[] protocols) {
		return Arrays.asList(protocols).contains(HttpProtocol.H2)
				? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
				: List.of(ApplicationProtocolNames.HTTP_1_1);
	}

}
