package dev.mtls.boot.netty;

import io.netty.handler.ssl.SslProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
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
		if (Ssl.isEnabled(factory.getSsl())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "server.ssl",
					"it is configured beside mtls.server, and only one of them can set up the server",
					"remove server.ssl.*, or set mtls.server.enabled=false");
		}
		Ssl ssl = Ssl.forBundle(this.bundle);
		ssl.setClientAuth(this.gate.settings().certificateRequired() ? ClientAuth.NEED : ClientAuth.WANT);
		factory.setSsl(ssl);
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
