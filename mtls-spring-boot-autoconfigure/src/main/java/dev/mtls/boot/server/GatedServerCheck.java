package dev.mtls.boot.server;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@link WebServerFactoryCustomizer} that fails the start of a web server that nothing
 * has put behind the gate, which would otherwise serve everybody.
 */
public final class GatedServerCheck implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {

	private final String bundle;

	/**
	 * Create a check.
	 * @param bundle the name of the SSL bundle that stands for the gate
	 */
	public GatedServerCheck(String bundle) {
		this.bundle = bundle;
	}

	@Override
	public void customize(WebServerFactory factory) {
		if (!(factory instanceof AbstractConfigurableWebServerFactory configurable)
				|| !isGated(configurable.getSsl())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "mtls.server",
					"the web server of %s is not behind the gate".formatted(factory.getClass().getName()),
					"use Tomcat, Jetty or Netty and leave its TLS to mtls.server, or set mtls.server.enabled=false");
		}
	}

	/**
	 * After every other customizer.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private boolean isGated(@Nullable Ssl ssl) {
		return Ssl.isEnabled(ssl) && ssl != null && this.bundle.equals(ssl.getBundle());
	}

}
