package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLParameters;
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
import dev.mtls.tls.PeerChain;
import dev.mtls.tls.TlsProfile;

/**
 * The handshake of one connection, as a gate is told of it, and the admission after it.
 */
final class SocketHandshake {

	private final Gate gate;

	private final String peer;

	private final InetAddress address;

	private final Runnable reset;

	/**
	 * Create a handshake.
	 * @param gate the gate, which allowed the address
	 * @param peer the peer, for messages
	 * @param address the address of the peer
	 * @param reset closes the connection at once; must not block
	 */
	SocketHandshake(Gate gate, String peer, InetAddress address, Runnable reset) {
		this.gate = gate;
		this.peer = peer;
		this.address = address;
		this.reset = reset;
	}

	/**
	 * Shake hands with a client that connected.
	 * @param gate the gate of the server, which allowed the address
	 * @param profile what may be negotiated
	 * @param tcp its connection
	 * @return the connection
	 * @throws MtlsException if the handshake failed or the client was refused; the
	 * connection is closed then
	 */
	static Established withClient(Gate gate, TlsProfile profile, TcpSocket tcp) {
		String peer = String.valueOf(tcp.getRemoteSocketAddress());
		return establish(gate, profile, tcp, peer,
				() -> gate.sslContext().getSocketFactory().createSocket(tcp, (InputStream) null, true));
	}

	/**
	 * Shake hands with a server that was connected to.
	 * @param gate the gate of the client, which allowed the address
	 * @param profile what may be negotiated
	 * @param tcp the connection
	 * @param server the server, whose host is what its certificate is checked for
	 * @return the connection
	 * @throws MtlsException if the handshake failed or the server was refused; the
	 * connection is closed then
	 */
	static Established withServer(Gate gate, TlsProfile profile, TcpSocket tcp, HostAndPort server) {
		// A name that ends with a dot is never sent (RFC 6066, section 3)
		String host = server.host().endsWith(".") ? server.host().substring(0, server.host().length() - 1)
				: server.host();
		return establish(gate, profile, tcp, server.toString(),
				() -> gate.sslContext().getSocketFactory().createSocket(tcp, host, server.port(), true));
	}

	/**
	 * Shake hands, and have the peer admitted.
	 * @param layer lays TLS over the connection
	 * @return the connection as its gate knows it
	 * @throws MtlsException if the handshake failed or the peer was refused; the
	 * connection is closed then
	 */
	LiveConnection perform(Layer layer) {
		PendingHandshake pending = this.gate.handshake(this.address, this.reset);
		try {
			return perform(layer, pending);
		}
		catch (RuntimeException ex) {
			pending.ended();
			this.reset.run();
			throw ex;
		}
	}

	private LiveConnection perform(Layer layer, PendingHandshake pending) {
		SSLSocket tls = null;
		try {
			tls = layer.over();
			tls.startHandshake();
		}
		catch (IOException ex) {
			throw failed(tls, pending, ex);
		}
		SSLSession session = tls.getSession();
		List<X509Certificate> chain = PeerChain.of(session);
		// The thread is one that may wait
		this.gate.askRevocation(chain).join();
		if (!pending.ended()) {
			throw Refusal.ofConnection(this.peer, timeout(this.gate), null);
		}
		return admit(chain, pending.session(tls, session));
	}

	private LiveConnection admit(List<X509Certificate> chain, TlsSession session) {
		Verdict<LiveConnection> verdict = this.gate.connect(chain, this.address, session, (denial) -> this.reset.run());
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
		return live;
	}

	private MtlsException failed(@Nullable SSLSocket tls, PendingHandshake pending, IOException failure) {
		if (!pending.ended()) {
			return Refusal.ofConnection(this.peer, timeout(this.gate), failure);
		}
		Decision.Deny denial = this.gate.handshakeFailed(tls, this.address, failure);
		try {
			// Before it is reset, so that the peer reads the alert
			if (tls != null) {
				tls.close();
			}
		}
		catch (IOException ex) {
			failure.addSuppressed(ex);
		}
		return Refusal.ofConnection(this.peer, denial, failure);
	}

	private static Established establish(Gate gate, TlsProfile profile, TcpSocket tcp, String peer, Factory factory) {
		// Neither is told any more once the socket is closed
		InetSocketAddress remote = new InetSocketAddress(tcp.getInetAddress(), tcp.getPort());
		AtomicReference<SSLSocket> layered = new AtomicReference<>();
		LiveConnection live = new SocketHandshake(gate, peer, remote.getAddress(), tcp::reset).perform(() -> {
			tcp.setTcpNoDelay(true);
			tcp.setKeepAlive(true);
			SSLSocket tls = (SSLSocket) factory.create();
			setParameters(gate, profile, tls);
			layered.set(tls);
			return tls;
		});
		SSLSocket tls = Objects.requireNonNull(layered.get());
		return new Established(tcp, tls, tls.getSession(), live, remote, peer);
	}

	/**
	 * Set what a gate wants of a handshake.
	 * @param gate the gate
	 * @param profile what may be negotiated
	 * @param tls the socket
	 */
	static void setParameters(Gate gate, TlsProfile profile, SSLSocket tls) {
		SSLParameters parameters = tls.getSSLParameters();
		apply(gate, profile, parameters);
		tls.setSSLParameters(parameters);
	}

	/**
	 * Set what a gate wants of a handshake.
	 * @param gate the gate
	 * @param profile what may be negotiated
	 * @param parameters the parameters of an engine or socket
	 */
	static void apply(Gate gate, TlsProfile profile, SSLParameters parameters) {
		profile.applyTo(parameters);
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
	 * Lays TLS over a connection.
	 */
	@FunctionalInterface
	interface Layer {

		SSLSocket over() throws IOException;

	}

	/**
	 * Makes a socket.
	 */
	@FunctionalInterface
	private interface Factory {

		Socket create() throws IOException;

	}

}
