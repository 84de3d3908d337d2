package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * The files of tunnels in a directory: {@code server.crt}, {@code client.crt}, their keys
 * and {@code ca.crt}.
 */
final class TunnelFiles {

	private final Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private final TestCertificate client;

	TunnelFiles(Path directory) {
		this.directory = directory;
		this.authority.server().writeTo(directory, "server");
		this.client = this.authority.client("billing");
		this.client.writeTo(directory, "client");
		write("ca.crt", this.authority.anchorPem());
	}

	TestAuthority authority() {
		return this.authority;
	}

	TestCertificate client() {
		return this.client;
	}

	/**
	 * The context of the client {@code billing}, which tunnels of role server let in.
	 * @return a context of the JDK
	 */
	SSLContext clientContext() {
		return this.client.sslContext(this.authority);
	}

	Path write(String file, String content) {
		try {
			return Files.writeString(this.directory.resolve(file), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Write the configuration of tunnels of both roles.
	 * @param file the name of the file
	 * @param tunnels their properties below {@code mtls.tunnels}, as YAML
	 * @param changes other properties, which replace those that are there
	 * @return the name of the file
	 */
	String writeTunnels(String file, String tunnels, String changes) {
		write(file, """
				logging.level.dev.mtls.tunnel: debug
				mtls:
				  server:
				    certificate: file:server.crt
				    private-key: file:server.key
				    trust-certificates: file:ca.crt
				    allowed-clients: cn:billing
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				    handshake-timeout: 3s
				  tunnels:
				""" + tunnels.indent(4) + "---\n" + changes);
		return file;
	}

	/**
	 * Start tunnels as {@link #writeTunnels} writes them.
	 * @param file the name of the file
	 * @param tunnels their properties below {@code mtls.tunnels}, as YAML
	 * @return the process
	 */
	TunnelProcess start(String file, String tunnels) {
		return start(file, tunnels, "");
	}

	TunnelProcess start(String file, String tunnels, String changes) {
		return TunnelProcess.listening(this.directory, "--config", writeTunnels(file, tunnels, changes));
	}

}
