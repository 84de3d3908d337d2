package dev.mtls.boot.jetty;

import java.util.List;

import javax.net.ssl.SSLContext;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConfiguration.Customizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.proxyprotocol.ProxyProtocol;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tls.DelegatingSslContext;

/**
 * Puts every connector of a {@link Server} behind the gate, whoever adds it, at the last
 * moment before it starts.
 */
final class GatedServer implements Container.Listener, LifeCycle.Listener {

	private static final Log logger = LogFactory.getLog(GatedServer.class);

	private final boolean certificateRequired;

	private final SSLContext sslContext;

	private final AddressCheck addressCheck;

	private final GatedConnections connections;

	private final AdmittedRequests admittedRequests;

	private final @Nullable ProxyProtocol proxyProtocol;

	GatedServer(Gate gate, Server server, @Nullable ProxyProtocol proxyProtocol) {
		this.certificateRequired = gate.settings().certificateRequiredInHandshake();
		this.sslContext = DelegatingSslContext.of(gate::sslContext);
		this.addressCheck = new AddressCheck(gate, proxyProtocol);
		this.connections = new GatedConnections(gate, server, proxyProtocol != null);
		this.proxyProtocol = proxyProtocol;
		this.admittedRequests = new AdmittedRequests(this.connections);
	}

	@Override
	public void beanAdded(Container parent, Object child) {
		if (child instanceof Connector connector) {
			connector.addEventListener(this);
			if (parent instanceof Server server && server.isRunning()) {
				precede(connector);
			}
		}
	}

	@Override
	public void beanRemoved(Container parent, Object child) {
	}

	/**
	 * Called each time that the server or a connector starts. What is there already is
	 * not added again.
	 */
	@Override
	public void lifeCycleStarting(LifeCycle component) {
		if (component instanceof Server server) {
			for (Connector connector : server.getConnectors()) {
				precede(connector);
			}
		}
		if (component instanceof Connector connector) {
			gate(connector);
		}
	}

	private void gate(Connector connector) {
		for (SelectorManager manager : connector.getContainedBeans(SelectorManager.class)) {
			manager.addEventListener(this.addressCheck);
			manager.addEventListener(this.connections);
		}
		connector.addBean(this.connections);
		for (SslConnectionFactory factory : connector.getContainedBeans(SslConnectionFactory.class)) {
			gate(factory.getSslContextFactory());
		}
		for (HttpConfiguration configuration : connector.getContainedBeans(HttpConfiguration.class)) {
			List<Customizer> customizers = configuration.getCustomizers();
			if (!customizers.contains(this.admittedRequests)) {
				// Before those that may answer by themselves
				customizers.add(0, this.admittedRequests);
			}
		}
		checkProtocols(connector);
	}

	private void gate(SslContextFactory.Server factory) {
		factory.setSslContext(this.sslContext);
		factory.setNeedClientAuth(this.certificateRequired);
		factory.setWantClientAuth(!this.certificateRequired);
		factory.setRenegotiationAllowed(false);
	}

	// A connector that has begun to start takes no other protocols
	private void precede(Connector connector) {
		if (this.proxyProtocol != null && connector instanceof AbstractConnector preceded && !preceded.isRunning()
				&& !(connector.getDefaultConnectionFactory() instanceof ProxyHeaderConnectionFactory)) {
			preceded.addFirstConnectionFactory(new ProxyHeaderConnectionFactory(this.proxyProtocol));
		}
	}

	private void checkProtocols(Connector connector) {
		ConnectionFactory first = connector.getDefaultConnectionFactory();
		if (first instanceof ProxyHeaderConnectionFactory header) {
			first = header.next(connector);
		}
		else if (this.proxyProtocol != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "connector " + connector,
					"it does not begin with the PROXY protocol", "remove the connector, or mtls.server.proxy-protocol");
		}
		if (first instanceof SslConnectionFactory) {
			return;
		}
		if (connector.getContainedBeans(SslConnectionFactory.class).isEmpty()
				&& !connector.getContainedBeans(SslContextFactory.Server.class).isEmpty()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "connector " + connector,
					"it speaks TLS in a way that cannot be put behind the gate",
					"remove the connector, or set mtls.server.enabled=false");
		}
		logger.warn("The connector %s does not begin with TLS: where it speaks none, peers are checked by address only"
			.formatted(connector));
	}

}
