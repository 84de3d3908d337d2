package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;
import dev.mtls.trust.PeerRole;

/**
 * {@link SSLSocketFactory} whose sockets ask a gate.
 */
final class GatedSslSocketFactory extends SSLSocketFactory {

	private final Gate gate;

	private final SSLSocketFactory factory;

	private final ContextThreads threads;

	GatedSslSocketFactory(Gate gate, SSLSocketFactory factory, ContextThreads threads) {
		this.gate = gate;
		this.factory = factory;
		this.threads = threads;
	}

	@Override
	public String[] getDefaultCipherSuites() {
		return this.gate.settings().tls().cipherSuites().toArray(String[]::new);
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.factory.getSupportedCipherSuites();
	}

	@Override
	public Socket createSocket() throws IOException {
		return gated(this.factory.createSocket(), null);
	}

	@Override
	public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
		GatedSslSocket.check(this.gate, "%s:%d".formatted(host, port), socket.getInetAddress());
		return gated(this.factory.createSocket(socket, host, port, autoClose), socket);
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Of a server: a client whose address is not allowed is reset at once, and whoever
	 * uses the socket finds it closed, so that no accept loop ends because of it.
	 */
	@Override
	public Socket createSocket(Socket socket, @Nullable InputStream consumed, boolean autoClose) throws IOException {
		GatedSslSocket gated = gated(this.factory.createSocket(socket, consumed, autoClose), socket);
		if (this.gate.admitAddress(socket.getInetAddress()) instanceof Decision.Deny denial) {
			gated.refuse(denial);
		}
		return gated;
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return connected(null, new InetSocketAddress(host, port));
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return connected(null, new InetSocketAddress(host, port));
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
	}

	private Socket connected(@Nullable InetSocketAddress local, InetSocketAddress remote) throws IOException {
		Socket socket = createSocket();
		try {
			if (local != null) {
				socket.bind(local);
			}
			socket.connect(remote);
			return socket;
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

	private GatedSslSocket gated(Socket socket, @Nullable Socket layered) {
		SSLSocket tls = (SSLSocket) socket;
		tls.setUseClientMode(this.gate.settings().peerRole() == PeerRole.SERVER);
		SocketHandshake.setParameters(this.gate, this.gate.settings().tls(), tls);
		return new GatedSslSocket(this.gate, tls, layered, this.threads);
	}

}
