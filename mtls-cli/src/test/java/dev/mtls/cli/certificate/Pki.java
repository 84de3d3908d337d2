package dev.mtls.cli.certificate;

import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.PemFile;

/**
 * An authority that the command has made, and what it issues.
 */
final class Pki {

	final CommandProcess process;

	private final Path directory;

	Pki(Path directory) {
		this.directory = directory;
		this.process = new CommandProcess(directory);
		this.process.succeed("ca", "create", "--name", "Example CA");
	}

	/**
	 * Have a client's certificate made.
	 * @param name its name, and that of its files
	 * @return the certificate
	 */
	X509Certificate client(String name) {
		this.process.succeed("cert", "create", "--client", "--name", name, "--ca", "ca.crt");
		return certificate(name + ".crt");
	}

	/**
	 * Read a certificate.
	 * @param file its file
	 * @return the certificate
	 */
	X509Certificate certificate(String file) {
		return new PemFile("FILE", this.directory.resolve(file)).certificates().get(0);
	}

	/**
	 * Read the CRL.
	 * @return the CRL
	 */
	X509CRL crl() {
		return new RevocationList(new PemFile("FILE", this.directory.resolve("ca.crl"))).read();
	}

}
