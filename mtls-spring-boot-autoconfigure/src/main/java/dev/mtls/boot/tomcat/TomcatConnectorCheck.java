package dev.mtls.boot.tomcat;

import org.apache.catalina.connector.Connector;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Looks, after all other customizers, for ways around the gate: another protocol fails
 * the start, as does an additional connector with TLS of its own. An additional connector
 * without TLS is warned of, since it may be meant for a health check.
 */
public final class TomcatConnectorCheck implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private static final Log logger = LogFactory.getLog(TomcatConnectorCheck.class);

	@Override
	public void customize(TomcatWebServerFactory factory) {
		String protocol = factory.getProtocol();
		if (!protocol.equals(MtlsHttp11NioProtocol.class.getName())) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "Tomcat's protocol " + protocol,
					"it was set after mutual TLS was set up, and would let everybody in",
					"remove the customizer that sets it, or set mtls.server.enabled=false");
		}
		factory.getAdditionalConnectors().forEach(TomcatConnectorCheck::check);
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static void check(Connector connector) {
		if (connector.getProtocolHandler() instanceof MtlsHttp11NioProtocol) {
			return;
		}
		if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol && protocol.isSSLEnabled()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					"additional connector on port " + connector.getPort(),
					"it has TLS of its own, which knows no rules",
					"make it with the protocol %s and give that the gate, or remove it"
						.formatted(MtlsHttp11NioProtocol.class.getName()));
		}
		logger.warn("The additional connector on port %d is plain: whoever reaches it gets in without a certificate"
			.formatted(connector.getPort()));
	}

}
