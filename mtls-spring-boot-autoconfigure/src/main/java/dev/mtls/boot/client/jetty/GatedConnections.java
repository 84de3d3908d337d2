package dev.mtls.boot.client.jetty;

import java.nio.channels.SocketChannel;
import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Puts each TLS connection of a client behind the gate before its first byte.
 */
final class GatedConnections implements Connection.Listener {

	private static final Log logger = LogFactory.getLog(GatedConnections.class);

	private final ClientGeneration generation;

	private final @Nullable Duration idleTime;

	private final HttpClient client;

	private final GatedSslContextFactory sslContextFactory;

	GatedConnections(ClientGeneration generation, ClientPool pool, HttpClient client,
			GatedSslContextFactory sslContextFactory) {
		this.generation = generation;
		this.idleTime = pool.idleTime();
		this.client = client;
		this.sslContextFactory = sslContextFactory;
	}

	/**
	 * Jetty goes on whatever is thrown here, so the connection is closed.
	 */
	@Override
	public void onOpened(Connection connection) {
		if (!(connection instanceof SslConnection tls)) {
			return;
		}
		try {
			if (!(transportOf(tls) instanceof SocketChannel channel)) {
				throw new IllegalStateException("There is no socket");
			}
			GatedConnection gated = new GatedConnection(this.generation, tls, channel, this.client.getExecutor(),
					this.sslContextFactory.takePromise(tls.getSSLEngine()));
			tls.addHandshakeListener(gated);
			tls.addEventListener(gated);
			gated.begin((this.idleTime != null) ? this.idleTime.toMillis() : tls.getEndPoint().getIdleTimeout());
		}
		catch (RuntimeException ex) {
			logger.error("A connection cannot be put behind the gate, and is therefore closed", ex);
			tls.getEndPoint().close(ex);
		}
	}

	private static @Nullable Object transportOf(SslConnection connection) {
		Object transport = connection.getEndPoint();
		while (transport instanceof EndPoint endPoint) {
			transport = endPoint.getTransport();
		}
		return transport;
	}

}
