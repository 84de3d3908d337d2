package dev.mtls.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;

import javax.net.ssl.SSLServerSocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * {@link SSLServerSocketFactory} that asks for the current factory whenever a server
 * socket is made. A server socket that stands goes on with the context it was made by.
 */
final class DelegatingSslServerSocketFactory extends SSLServerSocketFactory {

	private final Supplier<SSLServerSocketFactory> current;

	DelegatingSslServerSocketFactory(Supplier<SSLServerSocketFactory> current) {
		this.current = current;
	}

	@Override
	public String[] getDefaultCipherSuites() {
		return this.current.get().getDefaultCipherSuites();
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.current.get().getSupportedCipherSuites();
	}

	@Override
	public ServerSocket createServerSocket() throws IOException {
		return this.current.get().createServerSocket();
	}

	@Override
	public ServerSocket createServerSocket(int port) throws IOException {
		return this.current.get().createServerSocket(port);
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog) throws IOException {
		return this.current.get().createServerSocket(port, backlog);
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) throws IOException {
		return this.current.get().createServerSocket(port, backlog, address);
	}

}
