package dev.mtls.boot.netty;

import io.netty.handler.ssl.SslProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.boot.server.GatedSsl;
import dev.mtls.gate.Gate;

/**
 * {@link WebServerFactoryCustomizer} that puts Reactor Netty behind a {@link Gate}.
 */
public final class MtlsNettyCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final Gate gate;

	private final String bundle;

	private final SslProvider engine;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 */
	public MtlsNettyCustomizer(Gate gate, String bundle) {
		this(gate, bundle, GatedSslContexts.defaultEngine());
	}

	MtlsNettyCustomizer(Gate gate, String bundle, SslProvider engine) {
		this.gate = gate;
		this.bundle = bundle;
		this.engine = engine;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		GatedSsl.configure(factory, this.gate, this.bundle);
		factory.addServerCustomizers(new GatedHttpServer(this.gate, this.engine));
	}

	/**
	 * After Spring Boot's own customizer, which has order 0.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
