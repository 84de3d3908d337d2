package dev.mtls.boot.client.httpcomponents;

import java.net.InetAddress;
import java.net.SocketAddress;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ConnPoolSupport;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;

/**
 * {@link TlsStrategy} that begins a {@link GatedSession}. It has no host name verifier,
 * because the trust manager of the generation verifies the name where it is to be
 * verified.
 */
final class GatedTlsStrategy implements TlsStrategy {

	private final ClientGeneration generation;

	private final GatedSessions sessions;

	GatedTlsStrategy(ClientGeneration generation, GatedSessions sessions) {
		this.generation = generation;
		this.sessions = sessions;
	}

	@Override
	public void upgrade(TransportSecurityLayer layer, NamedEndpoint endpoint, @Nullable Object attachment,
			@Nullable Timeout handshakeTimeout, @Nullable FutureCallback<TransportSecurityLayer> callback) {
		// Whoever hands out a connection before its handshake would not wait for the gate
		ManagedAsyncClientConnection connection = (ManagedAsyncClientConnection) layer;
		String host = "%s:%d".formatted(endpoint.getHostName(), endpoint.getPort());
		InetAddress address = AllowedAddresses.addressOf(connection.getRemoteAddress());
		try {
			AllowedAddresses.check(this.generation.gate(), host, address);
		}
		catch (SSLException ex) {
			connection.close(CloseMode.IMMEDIATE);
			if (callback != null) {
				callback.failed(ex);
			}
			return;
		}
		GatedSession session = new GatedSession(this.generation, host, address, connection, callback);
		this.sessions.add(ConnPoolSupport.getId(connection), session);
		TlsConfig config = (attachment instanceof TlsConfig tls) ? tls : TlsConfig.DEFAULT;
		session.start(layer, endpoint, config.getHttpVersionPolicy());
	}

	@Override
	@Deprecated
	public boolean upgrade(TransportSecurityLayer layer, HttpHost host, SocketAddress localAddress,
			SocketAddress remoteAddress, @Nullable Object attachment, @Nullable Timeout handshakeTimeout) {
		// Nobody would wait for the gate
		throw new UnsupportedOperationException("A handshake needs a callback");
	}

}
