package dev.mtls.boot.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

import dev.mtls.gate.Gate;

/**
 * The TLS connections of a server, each from before its first byte until its socket is
 * closed.
 */
final class GatedConnections implements Connection.Listener, SslHandshakeListener, SelectorManager.AcceptListener {

	private final Gate gate;

	private final Server server;

	private final boolean proxyProtocol;

	private final Map<SelectableChannel, GatedConnection> connections = new ConcurrentHashMap<>();

	/**
	 * Create the connections.
	 * @param gate the gate
	 * @param server the server
	 * @param proxyProtocol whether the address of a peer is the one that a proxy tells
	 */
	GatedConnections(Gate gate, Server server, boolean proxyProtocol) {
		this.gate = gate;
		this.server = server;
		this.proxyProtocol = proxyProtocol;
	}

	@Override
	public void onOpened(Connection connection) {
		if (connection instanceof SslConnection sslConnection
				&& transportOf(sslConnection) instanceof SocketChannel channel) {
			restrict(sslConnection.getSSLEngine());
			GatedConnection gated = new GatedConnection(this.gate, sslConnection, channel,
					addressOf(sslConnection, channel), this.server.getThreadPool());
			gated.begin();
			this.connections.put(channel, gated);
		}
	}

	@Override
	public void handshakeSucceeded(Event event) throws SSLException {
		GatedConnection connection = get(event);
		if (connection == null) {
			throw new SSLException("The connection is not behind the gate");
		}
		connection.handshakeSucceeded();
	}

	@Override
	public void handshakeFailed(Event event, Throwable failure) {
		GatedConnection connection = get(event);
		if (connection != null) {
			connection.handshakeFailed(failure);
		}
	}

	/**
	 * Told for every socket, also when the clean-up of the connection on it fails.
	 */
	@Override
	public void onClosed(SelectableChannel channel) {
		GatedConnection connection = this.connections.remove(channel);
		if (connection != null) {
			connection.closed();
		}
	}

	@Nullable GatedConnection get(SslConnection connection) {
		return (transportOf(connection) instanceof SocketChannel channel) ? this.connections.get(channel) : null;
	}

	private @Nullable GatedConnection get(Event event) {
		return (event.getEndPoint() instanceof SslConnection.SslEndPoint endPoint) ? get(endPoint.getSslConnection())
				: null;
	}

	private void restrict(SSLEngine engine) {
		SSLParameters parameters = engine.getSSLParameters();
		this.gate.settings().tls().applyTo(parameters);
		if (this.gate.settings().certificateRequiredInHandshake()) {
			parameters.setNeedClientAuth(true);
		}
		else {
			parameters.setWantClientAuth(true);
		}
		engine.setSSLParameters(parameters);
	}

	private @Nullable InetAddress addressOf(SslConnection connection, SocketChannel channel) {
		if (!this.proxyProtocol) {
			return AddressCheck.addressOf(channel);
		}
		return (connection.getEndPoint() instanceof ProxyEndPoint told
				&& told.getRemoteSocketAddress() instanceof InetSocketAddress peer) ? peer.getAddress() : null;
	}

	private static @Nullable Object transportOf(SslConnection connection) {
		Object transport = connection.getEndPoint();
		while (transport instanceof EndPoint endPoint) {
			transport = endPoint.getTransport();
		}
		return transport;
	}

}
