package dev.mtls.boot.netty;

import java.util.Arrays;
import java.util.List;

import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.netty.GatedSslProvider;

/**
 * {@link NettyServerCustomizer} that puts an HTTP server behind the gate.
 */
final class GatedHttpServer implements NettyServerCustomizer {

	private final GatedConnections connections;

	GatedHttpServer(Gate gate, SslProvider engine, @Nullable ProxyProtocol proxyProtocol) {
		this.connections = new GatedConnections(gate, engine, proxyProtocol);
	}

	@Override
	public HttpServer apply(HttpServer server) {
		GatedSslProvider provider = this.connections.provider(applicationProtocols(server.configuration().protocols()));
		HttpServer secured = server.secure((spec) -> GatedConnections.secure(spec, provider))
			.doOnChannelInit((observer, channel, remoteAddress) -> this.connections.initialize(channel));
		ToldAddresses toldAddresses = this.connections.toldAddresses();
		return (toldAddresses != null) ? secured.forwarded(toldAddresses::apply) : secured;
	}

	private static List<String> applicationProtocols(HttpProtocol[] protocols) {
		return Arrays.asList(protocols).contains(HttpProtocol.H2)
				? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
				: List.of(ApplicationProtocolNames.HTTP_1_1);
	}

}
