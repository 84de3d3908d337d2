package dev.mtls.boot.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import dev.mtls.gate.LiveConnection;

/**
 * Lets a request pass only if the peer of its connection is still admitted.
 */
final class AdmittedRequests implements HttpConfiguration.Customizer {

	private final GatedConnections connections;

	AdmittedRequests(GatedConnections connections) {
		this.connections = connections;
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		ConnectionMetaData connection = request.getConnectionMetaData();
		if (connection.getAttribute(MtlsJettyCustomizer.LIVE_CONNECTION) instanceof LiveConnection live
				&& live.isAdmitted()) {
			request.setAttribute(MtlsJettyCustomizer.LIVE_CONNECTION, live);
			return request;
		}
		SslConnection sslConnection = sslConnectionOf(connection.getConnection().getEndPoint());
		if (sslConnection != null) {
			LiveConnection live = admitted(sslConnection);
			connection.setAttribute(MtlsJettyCustomizer.LIVE_CONNECTION, live);
			request.setAttribute(MtlsJettyCustomizer.LIVE_CONNECTION, live);
		}
		return request;
	}

	private LiveConnection admitted(SslConnection sslConnection) {
		GatedConnection connection = this.connections.get(sslConnection);
		LiveConnection live = (connection != null) ? connection.live() : null;
		if (live != null && live.isAdmitted()) {
			return live;
		}
		// Now, because Jetty answers with an error to what is thrown
		if (connection != null) {
			connection.cut();
		}
		else {
			sslConnection.getEndPoint().close();
		}
		throw new QuietException.RuntimeException("The peer is not admitted");
	}

	private static @Nullable SslConnection sslConnectionOf(EndPoint endPoint) {
		EndPoint outer = endPoint;
		while (outer instanceof EndPoint.Wrapper wrapper) {
			if (outer instanceof SslConnection.SslEndPoint sslEndPoint) {
				return sslEndPoint.getSslConnection();
			}
			outer = wrapper.unwrap();
		}
		return null;
	}

}
