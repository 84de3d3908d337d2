package dev.mtls.integration;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/**
 * A client that opens exactly one connection for each request and never tries again, as
 * the JDK's HTTP client would.
 *
 * @param context the TLS context
 * @param protocol the TLS protocol, such as {@code TLSv1.3}
 */
record TlsClient(SSLContext context, String protocol) {

	private static final int TIMEOUT_MILLIS = 20_000;

	/**
	 * Get a path of a server on this machine.
	 * @param port the port of the server
	 * @param path the path
	 * @return the response
	 * @throws IOException if there is none
	 */
	Response get(int port, String path) throws IOException {
		return get(null, port, path);
	}

	/**
	 * Get a path of a server on this machine.
	 * @param from the address of the client, or {@code null} for any
	 * @param port the port of the server
	 * @param path the path
	 * @return the response
	 * @throws IOException if there is none
	 */
	Response get(@Nullable InetAddress from, int port, String path) throws IOException {
		return get(from, port, path, List.of());
	}

	/**
	 * Get a path of a server on this machine.
	 * @param from the address of the client, or {@code null} for any
	 * @param port the port of the server
	 * @param path the path
	 * @param headers further lines of the header, which are sent as they are
	 * @return the response
	 * @throws IOException if there is none
	 */
	Response get(@Nullable InetAddress from, int port, String path, List<String> headers) throws IOException {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.bind(new InetSocketAddress(from, 0));
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
			try (SSLSocket tls = (SSLSocket) this.context.getSocketFactory()
				.createSocket(socket, "localhost", port, true)) {
				tls.setEnabledProtocols(new String[] { this.protocol });
				tls.getOutputStream()
					.write("GET %s HTTP/1.0\r\nHost: localhost\r\n%s\r\n"
						.formatted(path, headers.stream().map((line) -> line + "\r\n").collect(Collectors.joining()))
						.getBytes(StandardCharsets.ISO_8859_1));
				String text = new String(tls.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				return Response.parse(text, (X509Certificate) tls.getSession().getPeerCertificates()[0]);
			}
		}
	}

	/**
	 * What the server answered.
	 *
	 * @param status the status
	 * @param body the body
	 * @param server the server's certificate
	 */
	record Response(int status, String body, X509Certificate server) {

		private static Response parse(String text, X509Certificate server) throws EOFException {
			int end = text.indexOf("\r\n\r\n");
			if (end < 0) {
				throw new EOFException("The connection was closed without a response");
			}
			return new Response(Integer.parseInt(text.split(" ", 3)[1]), text.substring(end + 4), server);
		}

	}

}
