package dev.mtls.boot.jetty;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;

/**
 * Makes what each connection begins with where the PROXY protocol is spoken. Jetty's own
 * {@link org.eclipse.jetty.server.ProxyConnectionFactory} asks nobody whether it is a
 * proxy that speaks, and only idle time bounds it.
 */
final class ProxyHeaderConnectionFactory extends AbstractConnectionFactory {

	private static final String PROTOCOL = "mtls-proxy-header";

	private final ProxyProtocol protocol;

	ProxyHeaderConnectionFactory(ProxyProtocol protocol) {
		super(PROTOCOL);
		this.protocol = protocol;
	}

	@Override
	public Connection newConnection(Connector connector, EndPoint endPoint) {
		return configure(new ProxyHeaderConnection(this.protocol, endPoint, connector, next(connector)), connector,
				endPoint);
	}

	/**
	 * What follows the header.
	 * @param connector the connector
	 * @return the protocol that the connector began with before
	 */
	ConnectionFactory next(Connector connector) {
		return connector.getConnectionFactory(findNextProtocol(connector));
	}

}
