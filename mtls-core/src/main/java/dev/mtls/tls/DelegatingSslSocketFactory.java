package dev.mtls.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;

import javax.net.ssl.SSLSocketFactory;

/**
 * {@link SSLSocketFactory} that asks for the current factory whenever a socket is made.
 */
final class DelegatingSslSocketFactory extends SSLSocketFactory {

	private final Supplier<SSLSocketFactory> current;

	DelegatingSslSocketFactory(Supplier<SSLSocketFactory> current) {
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
	public Socket createSocket() throws IOException {
		return this.current.get().createSocket();
	}

	@Override
	public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
		return this.current.get().createSocket(socket, host, port, autoClose);
	}

	@Override
	public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose) throws IOException {
		return this.current.get().createSocket(socket, consumed, autoClose);
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return this.current.get().createSocket(host, port);
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return this.current.get().createSocket(host, port, localHost, localPort);
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return this.current.get().createSocket(host, port);
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
		return this.current.get().createSocket(host, port, localHost, localPort);
	}

}
