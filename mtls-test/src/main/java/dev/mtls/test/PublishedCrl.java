package dev.mtls.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The CRL of a {@link TestAuthority}, on loopback and as a file. It follows what the
 * authority revokes.
 */
public final class PublishedCrl implements AutoCloseable {

	private final Path file;

	private final ContentServer server;

	private volatile boolean closed;

	PublishedCrl(Path file, byte[] crl) {
		this.file = file;
		write(crl);
		this.server = ContentServer.serving("ca.crl", crl);
	}

	/**
	 * Where it is served, which is what a certificate names.
	 * @return an {@code http} URI
	 */
	public URI uri() {
		return this.server.uri();
	}

	/**
	 * The file that holds it.
	 * @return the file, in DER
	 */
	public Path file() {
		return this.file;
	}

	/**
	 * The number of requests so far.
	 * @return the number
	 */
	public int requests() {
		return this.server.requests();
	}

	/**
	 * Serve it no longer, and follow nothing any more. The file stays as it is.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.server.close();
	}

	void publish(byte[] crl) {
		if (!this.closed) {
			write(crl);
			this.server.serve(crl);
		}
	}

	private void write(byte[] crl) {
		try {
			Path directory = Files.createDirectories(this.file.toAbsolutePath().getParent());
			Path temporary = Files.createTempFile(directory, "crl", null);
			Files.write(temporary, crl);
			// At once, so that nobody reads half of it
			Files.move(temporary, this.file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
