package dev.mtls.boot.tomcat;

import java.io.IOException;
import java.util.Map;

import javax.net.ssl.SSLSession;

import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.jsse.JSSESupport;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.server.ConnectionHolder;
import dev.mtls.gate.LiveConnection;

/**
 * {@link JSSESupport} that hands the connection to requests, whose attributes it fills.
 */
final class GatedSslSupport extends JSSESupport implements ConnectionHolder {

	private final SSLSupport offered;

	private final @Nullable LiveConnection connection;

	/**
	 * Create a support.
	 * @param session the session
	 * @param offered knows what the peer offered
	 * @param connection the connection
	 */
	GatedSslSupport(SSLSession session, SSLSupport offered, @Nullable LiveConnection connection) {
		super(session, Map.of());
		this.offered = offered;
		this.connection = connection;
	}

	@Override
	public @Nullable String getRequestedProtocols() throws IOException {
		return this.offered.getRequestedProtocols();
	}

	@Override
	public @Nullable String getRequestedCiphers() throws IOException {
		return this.offered.getRequestedCiphers();
	}

	@Override
	public @Nullable LiveConnection connection() {
		return this.connection;
	}

}
