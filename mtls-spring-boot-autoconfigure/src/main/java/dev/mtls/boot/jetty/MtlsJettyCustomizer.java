package dev.mtls.boot.jetty;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.boot.server.GatedSsl;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;

/**
 * {@link WebServerFactoryCustomizer} that puts Jetty behind a {@link Gate}, be it a
 * servlet or a reactive web server.
 */
public final class MtlsJettyCustomizer implements WebServerFactoryCustomizer<JettyWebServerFactory>, Ordered {

	/**
	 * Name of the attribute with the {@link LiveConnection} of a request, and thereby the
	 * identity of its peer, in the request's
	 * {@link org.eclipse.jetty.server.ConnectionMetaData}. It is not there on a
	 * connection without TLS.
	 */
	public static final String LIVE_CONNECTION = LiveConnection.class.getName();

	private final Gate gate;

	private final String bundle;

	private final @Nullable AddressSet proxyNetworks;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 * @param proxyNetworks where proxies connect from that speak the PROXY protocol, or
	 * {@code null} if it is not spoken
	 */
	public MtlsJettyCustomizer(Gate gate, String bundle, @Nullable AddressSet proxyNetworks) {
		this.gate = gate;
		this.bundle = bundle;
		this.proxyNetworks = proxyNetworks;
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		GatedSsl.configure(factory, this.gate, this.bundle);
		GatedSsl.checkStapling(this.gate);
		ProxyProtocol protocol = (this.proxyNetworks != null) ? new ProxyProtocol(this.gate, this.proxyNetworks) : null;
		factory.addServerCustomizers((server) -> server.addEventListener(new GatedServer(this.gate, server, protocol)));
	}

	/**
	 * After Spring Boot's own customizer, which has order 0.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
