package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.event.TlsSession;

/**
 * {@link TlsSocketStrategy} that hands out a connection only when the gate has admitted
 * the server. It has no host name verifier, because the trust manager of the generation
 * verifies the name where it is to be verified.
 */
final class GatedTlsSocketStrategy implements TlsSocketStrategy {

	private final ClientGeneration generation;

	private final LiveSockets connections;

	GatedTlsSocketStrategy(ClientGeneration generation, LiveSockets connections) {
		this.generation = generation;
		this.connections = connections;
	}

	@Override
	public SSLSocket upgrade(Socket socket, String target, int port, @Nullable Object attachment,
			@Nullable HttpContext context) throws IOException {
		try {
			return connect(socket, target, port);
		}
		catch (IOException ex) {
			this.connections.cut(socket);
			if (Handshake.isRefusal(ex)) {
				throw new ServerRefusedException(ex);
			}
			throw ex;
		}
		catch (RuntimeException ex) {
			this.connections.cut(socket);
			throw ex;
		}
	}

	private SSLSocket connect(Socket socket, String target, int port) throws IOException {
		String host = "%s:%d".formatted(target, port);
		InetAddress address = AllowedAddresses.addressOf(socket.getRemoteSocketAddress());
		AllowedAddresses.check(this.generation.gate(), host, address);
		Handshake handshake = new Handshake(this.generation, host, address, () -> this.connections.cut(socket));
		SSLSocket tls = (SSLSocket) this.generation.sslContext()
			.getSocketFactory()
			.createSocket(socket, target, port, true);
		try {
			shakeHands(tls);
		}
		catch (IOException ex) {
			throw asIoException(handshake.fail(tls, ex));
		}
		// The thread is the caller's, which may wait
		this.generation.askRevocation(tls.getSession()).join();
		TlsSession session = handshake.complete(tls, tls.getSession());
		this.connections.forgetClosed();
		this.connections.add(socket, this.generation.admit(tls.getSession(), session, host, address,
				(denial) -> this.connections.cut(socket)));
		return tls;
	}

	private void shakeHands(SSLSocket tls) throws IOException {
		SSLParameters parameters = tls.getSSLParameters();
		this.generation.tls().applyTo(parameters);
		tls.setSSLParameters(parameters);
		int soTimeout = tls.getSoTimeout();
		tls.setSoTimeout(Math.toIntExact(this.generation.gate().settings().handshakeTimeout().toMillis()));
		tls.startHandshake();
		tls.setSoTimeout(soTimeout);
	}

	private static IOException asIoException(Exception failure) {
		return (failure instanceof IOException io) ? io : new SSLException(failure);
	}

}
