package dev.mtls.boot.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslProvider;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.SslProvider.SslContextSpec;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.GatedSslProvider;
import dev.mtls.tcp.netty.Transports;

/**
 * The connections of a server of Reactor Netty, whatever it speaks: the gate is asked for
 * each that is accepted before a byte is read or written, and a handler stands right
 * behind TLS.
 */
final class GatedConnections {

	private static final Log logger = LogFactory.getLog(GatedConnections.class);

	private final Gate gate;

	private final SslProvider engine;

	private final @Nullable ProxyProtocol proxyProtocol;

	private final ToldAddresses toldAddresses = new ToldAddresses();

	GatedConnections(Gate gate, SslProvider engine, @Nullable ProxyProtocol proxyProtocol) {
		this.gate = gate;
		this.engine = engine;
		this.proxyProtocol = proxyProtocol;
	}

	/**
	 * The TLS of the connections.
	 * @param applicationProtocols what ALPN selects, in order of preference; none where
	 * there is nothing to select
	 * @return the provider
	 */
	GatedSslProvider provider(List<String> applicationProtocols) {
		GatedSslContexts contexts = new GatedSslContexts(this.gate, "mtls." + this.gate.settings().name(), this.engine,
				applicationProtocols);
		contexts.checkStapling();
		return new GatedSslProvider(contexts);
	}

	static void secure(SslContextSpec spec, GatedSslProvider provider) {
		// Names do not matter, but only their mapping is asked when a ClientHello comes.
		// The gate times the handshake, as a whole and not in its parts
		spec.sslContext(provider.current().getSslContext())
			.handshakeTimeoutMillis(0)
			.setSniAsyncMappings((serverName, promise) -> promise.setSuccess(provider.current()));
	}

	/**
	 * The addresses that proxies told.
	 * @return the addresses, or {@code null} if the PROXY protocol is not spoken
	 */
	@Nullable ToldAddresses toldAddresses() {
		return (this.proxyProtocol != null) ? this.toldAddresses : null;
	}

	/**
	 * Take a connection that was accepted, or reset it.
	 * @param channel the connection, whose TLS is in its pipeline
	 */
	void initialize(Channel channel) {
		if (!(channel.remoteAddress() instanceof InetSocketAddress remote) || remote.getAddress() == null
				|| !isAllowed(remote.getAddress()) || channel.pipeline().get(NettyPipeline.SslHandler) == null) {
			Transports.reset(channel);
			return;
		}
		if (this.proxyProtocol == null) {
			GatedPipeline.accepted(channel, this.gate, remote.getAddress());
			return;
		}
		channel.pipeline()
			.addBefore(NettyPipeline.SslHandler, ProxyHeaderHandler.NAME,
					new ProxyHeaderHandler(this.proxyProtocol, remote, (peer) -> {
						this.toldAddresses.add(channel, remote, peer);
						GatedPipeline.accepted(channel, this.gate, peer.getAddress());
					}));
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

}
