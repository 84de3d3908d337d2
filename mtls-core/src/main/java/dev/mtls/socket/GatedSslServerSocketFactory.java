package dev.mtls.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;

import org.jspecify.annotations.Nullable;

import dev.mtls.gate.Gate;

/**
 * {@link SSLServerSocketFactory} whose server sockets have the settings of a gate.
 */
final class GatedSslServerSocketFactory extends SSLServerSocketFactory {

	private final Gate gate;

	private final SSLServerSocketFactory factory;

	GatedSslServerSocketFactory(Gate gate, SSLServerSocketFactory factory) {
		this.gate = gate;
		this.factory = factory;
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
	public ServerSocket createServerSocket() throws IOException {
		SSLServerSocket socket = (SSLServerSocket) this.factory.createServerSocket();
		SSLParameters parameters = socket.getSSLParameters();
		SocketHandshake.apply(this.gate, this.gate.settings().tls(), parameters);
		socket.setSSLParameters(parameters);
		return socket;
	}

	@Override
	public ServerSocket createServerSocket(int port) {
		throw unbound();
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog) {
		throw unbound();
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) {
		throw unbound();
	}

	// What is handed out is a server socket that follows every change
	private static UnsupportedOperationException unbound() {
		return new UnsupportedOperationException("Only settings are made here");
	}

}
