package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;

/**
 * A client that only shakes hands: it sends no application data. Its connections, one
 * after the other, may resume each other's sessions.
 */
final class TlsClient {

	private final Plan plan;

	private final ObservingVerifier server;

	private final ObservingKeyManager keys;

	private final SSLContext context;

	/**
	 * Create a client.
	 * @param plan what to look at
	 * @param key the certificate to show, or {@code null} for none
	 * @param judge decides on the server's chain
	 */
	TlsClient(Plan plan, @Nullable KeyMaterial key, Function<List<X509Certificate>, Decision> judge) {
		this.plan = plan;
		this.server = new ObservingVerifier(judge);
		this.keys = new ObservingKeyManager(SslContexts.keyManager(() -> key));
		this.context = context(this.keys, SslContexts.trustManager(this.server, List::of));
	}

	/**
	 * Shake hands with the server.
	 * @param socket the connection, which is closed afterwards
	 * @param patience how long to wait for a refusal after the handshake
	 * @return what was seen
	 */
	Encounter meet(BoundedSocket socket, Duration patience) {
		this.server.forget();
		this.keys.forget();
		Failure failure;
		boolean resumed = false;
		try (socket) {
			socket.setDeadline(this.plan.timeout());
			SSLSocket tls = (SSLSocket) this.context.getSocketFactory()
				.createSocket(socket, this.plan.serverName(), this.plan.target().port(), true);
			applyParameters(tls);
			tls.startHandshake();
			this.server.note(tls.getSession());
			resumed = this.server.chain().isEmpty();
			failure = awaitEnd(tls, socket, patience);
			closeQuietly(tls, socket);
		}
		catch (IOException ex) {
			failure = Failure.of(ex, socket.firstBytes());
		}
		return new Encounter(this.server.chain(), this.server.protocol(), this.server.cipherSuite(), this.keys.demand(),
				resumed, failure);
	}

	private void applyParameters(SSLSocket tls) {
		SSLParameters parameters = tls.getSSLParameters();
		TlsProfile.defaults().applyTo(parameters);
		parameters.setServerNames(serverNames(this.plan.serverName()));
		tls.setSSLParameters(parameters);
	}

	// RFC 6066, section 3: addresses are no server names
	private static List<SNIServerName> serverNames(String name) {
		if (name.indexOf(':') != -1 || name.chars().allMatch((c) -> c == '.' || (c >= '0' && c <= '9'))) {
			return List.of();
		}
		try {
			return List.of(new SNIHostName(name.endsWith(".") ? name.substring(0, name.length() - 1) : name));
		}
		catch (IllegalArgumentException ex) {
			// A name with an underscore, which certificates may hold and SNI may not
			return List.of();
		}
	}

	private static @Nullable Failure awaitEnd(SSLSocket tls, BoundedSocket socket, Duration patience)
			throws IOException {
		socket.setDeadline(patience);
		try {
			return (tls.getInputStream().read() == -1) ? Failure.closed() : null;
		}
		catch (SocketTimeoutException ex) {
			return null;
		}
	}

	// What was seen stands, however the end of it goes
	private static void closeQuietly(SSLSocket tls, BoundedSocket socket) {
		try {
			socket.setDeadline(Duration.ofMillis(100));
			tls.close();
		}
		catch (IOException ex) {
			return;
		}
	}

	private static SSLContext context(KeyManager keys, TrustManager trust) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(new KeyManager[] { keys }, new TrustManager[] { trust }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has TLS", ex);
		}
	}

}
