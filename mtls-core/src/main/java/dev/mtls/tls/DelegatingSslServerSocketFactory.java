package dev.mtls.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * {@link SSLServerSocketFactory} whose server sockets ask for the current context
 * whenever they accept a connection.
 */
final class DelegatingSslServerSocketFactory extends SSLServerSocketFactory {

	private static final int DEFAULT_BACKLOG = 50;

	private final Supplier<SSLContext> current;

	DelegatingSslServerSocketFactory(Supplier<SSLContext> current) {
		this.current = current;
	}

	@Override
	public String[] getDefaultCipherSuites() {
		return this.current.get().getServerSocketFactory().getDefaultCipherSuites();
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.current.get().getServerSocketFactory().getSupportedCipherSuites();
	}

	@Override
	public ServerSocket createServerSocket() throws IOException {
		return new DelegatingSslServerSocket(this.current);
	}

	@Override
	public ServerSocket createServerSocket(int port) throws IOException {
		return createServerSocket(port, DEFAULT_BACKLOG, null);
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog) throws IOException {
		return createServerSocket(port, backlog, null);
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) throws IOException {
		ServerSocket socket = createServerSocket();
		try {
			socket.bind(new InetSocketAddress(address, port), backlog);
			return socket;
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

}
