package dev.mtls.boot.netty;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.boot.server.GatedSsl;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.netty.GatedSslContexts;

/**
 * {@link WebServerFactoryCustomizer} that puts Reactor Netty behind a {@link Gate}.
 */
public final class MtlsNettyCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final Gate gate;

	private final String bundle;

	private final @Nullable AddressSet proxyNetworks;

	private final SslProvider engine;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 * @param proxyNetworks where proxies connect from that speak the PROXY protocol, or
	 * {@code null} if it is not spoken
	 */
	public MtlsNettyCustomizer(Gate gate, String bundle, @Nullable AddressSet proxyNetworks) {
		this(gate, bundle, proxyNetworks, GatedSslContexts.defaultEngine());
	}

	MtlsNettyCustomizer(Gate gate, String bundle, @Nullable AddressSet proxyNetworks, SslProvider engine) {
		this.gate = gate;
		this.bundle = bundle;
		this.proxyNetworks = proxyNetworks;
		this.engine = engine;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		GatedSsl.configure(factory, this.gate, this.bundle);
		ProxyProtocol protocol = (this.proxyNetworks != null) ? new ProxyProtocol(this.gate, this.proxyNetworks) : null;
		factory.addServerCustomizers(new GatedHttpServer(this.gate, this.engine, protocol));
	}

	/**
	 * After Spring Boot's own customizer, which has order 0.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
