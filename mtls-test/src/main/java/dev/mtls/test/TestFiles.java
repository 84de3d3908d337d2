package dev.mtls.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory with the PEM files of a {@link TestAuthority}: {@code ca.crt},
 * {@code server.crt} and {@code server.key}, {@code client.crt} and {@code client.key}.
 * Beside them is its CRL, {@code ca.crl}, which follows what the authority revokes.
 */
public final class TestFiles implements AutoCloseable {

	private final TestAuthority authority;

	private final Path directory;

	private final Path ca;

	private final PemFiles server;

	private final TestCertificate clientCertificate;

	private final PemFiles client;

	private final PublishedCrl crl;

	private TestFiles(TestAuthority authority, Path directory, TestCertificate clientCertificate) {
		this.authority = authority;
		this.directory = directory;
		this.clientCertificate = clientCertificate;
		this.ca = authority.writeTo(directory, "ca");
		this.server = write("server", authority.server());
		this.client = write("client", clientCertificate);
		this.crl = authority.publishCrl(directory.resolve("ca.crl"));
	}

	/**
	 * Write the files of an authority into a new temporary directory.
	 * @param authority the authority
	 * @param clientNames the names of the client, as
	 * {@link TestAuthority#client(String...)} takes them
	 * @return the files, which the caller closes
	 */
	public static TestFiles create(TestAuthority authority, String... clientNames) {
		try {
			return new TestFiles(authority, Files.createTempDirectory("mtls-test"), authority.client(clientNames));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The authority whose files these are.
	 * @return the authority
	 */
	public TestAuthority authority() {
		return this.authority;
	}

	/**
	 * Where the files are.
	 * @return the directory
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * The root's certificate, which peers trust.
	 * @return the file
	 */
	public Path ca() {
		return this.ca;
	}

	/**
	 * The certificate of a server on this machine.
	 * @return the files
	 */
	public PemFiles server() {
		return this.server;
	}

	/**
	 * The certificate of a client.
	 * @return the files
	 */
	public PemFiles client() {
		return this.client;
	}

	/**
	 * What is in the files of the client.
	 * @return the certificate
	 */
	public TestCertificate clientCertificate() {
		return this.clientCertificate;
	}

	/**
	 * The CRL, which is on loopback too.
	 * @return the CRL
	 */
	public PublishedCrl crl() {
		return this.crl;
	}

	/**
	 * Write a further certificate beside the others, in place of what is there.
	 * @param name the name of the files without their extension
	 * @param certificate the certificate
	 * @return the files
	 */
	public PemFiles write(String name, TestCertificate certificate) {
		return certificate.writeTo(this.directory, name);
	}

	/**
	 * Delete the directory with all that is in it, and serve the CRL no longer.
	 */
	@Override
	public void close() {
		this.crl.close();
		try (Stream<Path> files = Files.walk(this.directory)) {
			List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
			for (Path file : deepestFirst) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return "TestFiles[%s]".formatted(this.directory);
	}

}
