package dev.mtls.test;

import java.io.IOException;
import java.net.URI;

import com.sun.net.httpserver.HttpExchange;

/**
 * Serves bytes on loopback, such as those of a CRL that a certificate names.
 */
public final class ContentServer implements AutoCloseable {

	private final LoopbackHttp http;

	private volatile byte[] content;

	private volatile int status = 200;

	private ContentServer(String name, byte[] content) {
		this.content = content.clone();
		this.http = new LoopbackHttp("/" + name, this::handle);
	}

	/**
	 * Start a server on a free port.
	 * @param name the name of what it serves, such as {@code ca.crl}
	 * @param content the bytes
	 * @return the server
	 */
	public static ContentServer serving(String name, byte[] content) {
		return new ContentServer(name, content);
	}

	/**
	 * Where the bytes are.
	 * @return an {@code http} URI
	 */
	public URI uri() {
		return this.http.uri();
	}

	/**
	 * Serve other bytes from now on.
	 * @param newContent the bytes
	 */
	public void serve(byte[] newContent) {
		this.content = newContent.clone();
		this.status = 200;
	}

	/**
	 * Answer with an error from now on.
	 * @param newStatus the status, such as 500
	 */
	public void fail(int newStatus) {
		this.status = newStatus;
	}

	/**
	 * The number of requests so far.
	 * @return the number
	 */
	public int requests() {
		return this.http.requests();
	}

	@Override
	public void close() {
		this.http.close();
	}

	private void handle(HttpExchange exchange) throws IOException {
		if (this.status == 200) {
			LoopbackHttp.send(exchange, "application/octet-stream", this.content);
		}
		else {
			LoopbackHttp.sendStatus(exchange, this.status);
		}
	}

}
