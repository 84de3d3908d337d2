package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;

/**
 * The handshake of one connection, as a gate is told of it, and the admission after it.
 */
final class SocketHandshake {

	private final Gate gate;

	private final TcpSocket tcp;

	private final String peer;

	private final InetSocketAddress remote;

	private final InetAddress address;

	private SocketHandshake(Gate gate, TcpSocket tcp, String peer) {
		this.gate = gate;
		this.tcp = tcp;
		this.peer = peer;
		// It is not told any more once the socket is closed
		this.remote = new InetSocketAddress(tcp.getInetAddress(), tcp.getPort());
		this.address = tcp.getInetAddress();
	}

	/**
	 * Shake hands with a client that connected.
	 * @param gate the gate of the server, which allowed the address
	 * @param tcp its connection
	 * @return the connection
	 * @throws MtlsException if the handshake failed or the client was refused; the
	 * connection is closed then
	 */
	static Established withClient(Gate gate, TcpSocket tcp) {
		String peer = String.valueOf(tcp.getRemoteSocketAddress());
		return new SocketHandshake(gate, tcp, peer).perform(
				() -> (SSLSocket) gate.sslContext().getSocketFactory().createSocket(tcp, (InputStream) null, true));
	}

	/**
	 * Shake hands with a server that was connected to.
	 * @param gate the gate of the client, which allowed the address
	 * @param tcp the connection
	 * @param server the server, whose host is what its certificate is checked for
	 * @return the connection
	 * @throws MtlsException if the handshake failed or the server was refused; the
	 * connection is closed then
	 */
	static Established withServer(Gate gate, TcpSocket tcp, HostAndPort server) {
		// A name that ends with a dot is never sent (RFC 6066, section 3)
		String host = server.host().endsWith(".") ? server.host().substring(0, server.host().length() - 1)
				: server.host();
		return new SocketHandshake(gate, tcp, server.toString()).perform(
				() -> (SSLSocket) gate.sslContext().getSocketFactory().createSocket(tcp, host, server.port(), true));
	}

	private Established perform(Layer layer) {
		PendingHandshake pending = this.gate.handshake(this.address, this.tcp::reset);
		try {
			return perform(layer, pending);
		}
		catch (RuntimeException ex) {
			pending.ended();
			this.tcp.reset();
			throw ex;
		}
	}

	private Established perform(Layer layer, PendingHandshake pending) {
		SSLSocket tls = null;
		try {
			this.tcp.setTcpNoDelay(true);
			this.tcp.setKeepAlive(true);
			tls = layer.over();
			setParameters(this.gate, tls);
			tls.startHandshake();
		}
		catch (IOException ex) {
			throw failed(tls, pending, ex);
		}
		SSLSession session = tls.getSession();
		List<X509Certificate> chain = chainOf(session);
		// Each handshake has a thread of its own, which may wait
		this.gate.askRevocation(chain).join();
		if (!pending.ended()) {
			throw Refusal.ofConnection(this.peer, timeout(this.gate), null);
		}
		return admit(tls, chain, pending.session(tls, session));
	}

	private Established admit(SSLSocket tls, List<X509Certificate> chain, TlsSession session) {
		Verdict<LiveConnection> verdict = this.gate.connect(chain, this.address, session, (denial) -> this.tcp.reset());
		if (verdict instanceof Verdict.Refused<LiveConnection> refused) {
			throw Refusal.ofConnection(this.peer, refused.denial(), null);
		}
		LiveConnection live = ((Verdict.Accepted<LiveConnection>) verdict).value();
		Decision.Deny deferred = live.admission().deferred();
		if (deferred != null) {
			// Without requests there is nothing to answer it to
			live.closed();
			throw Refusal.ofConnection(this.peer, deferred, null);
		}
		return new Established(this.tcp, tls, session, live, this.remote, this.peer);
	}

	private MtlsException failed(@Nullable SSLSocket tls, PendingHandshake pending, IOException failure) {
		if (!pending.ended()) {
			return Refusal.ofConnection(this.peer, timeout(this.gate), failure);
		}
		Decision.Deny denial = this.gate.handshakeFailed(tls, this.address, failure);
		close(tls);
		return Refusal.ofConnection(this.peer, denial, failure);
	}

	// Not reset, so that the peer reads the alert
	private void close(@Nullable SSLSocket tls) {
		try {
			((tls != null) ? tls : this.tcp).close();
		}
		catch (IOException ex) {
			this.tcp.reset();
		}
	}

	/**
	 * Set what a gate wants of a handshake.
	 * @param gate the gate
	 * @param tls the socket
	 */
	static void setParameters(Gate gate, SSLSocket tls) {
		SSLParameters parameters = tls.getSSLParameters();
		apply(gate, parameters);
		tls.setSSLParameters(parameters);
	}

	/**
	 * Set what a gate wants of a handshake.
	 * @param gate the gate
	 * @param parameters the parameters of an engine or socket
	 */
	static void apply(Gate gate, SSLParameters parameters) {
		gate.settings().tls().applyTo(parameters);
		if (gate.settings().certificateRequiredInHandshake()) {
			parameters.setNeedClientAuth(true);
		}
		else {
			parameters.setWantClientAuth(true);
		}
	}

	static Decision.Deny timeout(Gate gate) {
		return new Decision.Deny(Reason.HANDSHAKE_TIMEOUT,
				"the handshake was not complete after %d ms".formatted(gate.settings().handshakeTimeout().toMillis()));
	}

	/**
	 * The chain of a peer.
	 * @param session the session
	 * @return the chain, empty if the peer presented none
	 */
	static List<X509Certificate> chainOf(SSLSession session) {
		try {
			return Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

	/**
	 * Lays TLS over the socket.
	 */
	@FunctionalInterface
	private interface Layer {

		SSLSocket over() throws IOException;

	}

}
