package dev.mtls.boot.netty;

import java.util.List;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpServer;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.MtlsException;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.GatedSslProvider;

/**
 * Puts servers of Reactor Netty behind a {@link Gate}, which are not the web server of
 * the application.
 */
public final class GatedServers {

	private final Gate gate;

	private final @Nullable AddressSet proxyNetworks;

	private final SslProvider engine = GatedSslContexts.defaultEngine();

	/**
	 * Create servers of a gate.
	 * @param gate the gate
	 * @param proxyNetworks where proxies connect from that speak the PROXY protocol, or
	 * {@code null} if it is not spoken
	 */
	public GatedServers(Gate gate, @Nullable AddressSet proxyNetworks) {
		this.gate = gate;
		this.proxyNetworks = proxyNetworks;
	}

	/**
	 * Put an HTTP server behind the gate.
	 * @param server the server
	 * @return the same server behind the gate
	 * @throws MtlsException if the TLS engine cannot do what is configured
	 */
	public HttpServer gated(HttpServer server) {
		return new GatedHttpServer(this.gate, this.engine, proxyProtocol()).apply(server);
	}

	/**
	 * Put a TCP server behind the gate.
	 * @param server the server
	 * @return the same server behind the gate
	 * @throws MtlsException if the TLS engine cannot do what is configured
	 */
	public TcpServer gated(TcpServer server) {
		GatedConnections connections = new GatedConnections(this.gate, this.engine, proxyProtocol());
		GatedSslProvider provider = connections.provider(List.of());
		return server.secure((spec) -> GatedConnections.secure(spec, provider))
			.doOnChannelInit((observer, channel, remoteAddress) -> connections.initialize(channel));
	}

	private @Nullable ProxyProtocol proxyProtocol() {
		return (this.proxyNetworks != null) ? new ProxyProtocol(this.gate, this.proxyNetworks) : null;
	}

}
