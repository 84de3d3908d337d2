package dev.mtls.boot.tomcat;

import org.apache.coyote.ProtocolHandler;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.Ssl.ClientAuth;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * {@link WebServerFactoryCustomizer} that puts Tomcat behind a {@link Gate}.
 */
public final class MtlsTomcatCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private final Gate gate;

	private final String bundle;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param bundle the name of the SSL bundle that stands for the gate
	 */
	public MtlsTomcatCustomizer(Gate gate, String bundle) {
		this.gate = gate;
		this.bundle = bundle;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		if (Ssl.isEnabled(factory.getSsl())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "server.ssl",
					"it is configured beside mtls.server, and only one of them can set up the server",
					"remove server.ssl.*, or set mtls.server.enabled=false");
		}
		Ssl ssl = Ssl.forBundle(this.bundle);
		ssl.setClientAuth(this.gate.settings().certificateRequired() ? ClientAuth.NEED : ClientAuth.WANT);
		factory.setSsl(ssl);
		factory.setProtocol(MtlsHttp11NioProtocol.class.getName());
		factory.addProtocolHandlerCustomizers((ProtocolHandler handler) -> {
			if (handler instanceof MtlsHttp11NioProtocol protocol) {
				protocol.setGate(this.gate);
			}
		});
	}

	/**
	 * After Spring Boot's own customizer, which has order 0.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
