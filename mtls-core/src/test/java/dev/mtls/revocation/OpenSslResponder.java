package dev.mtls.revocation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Assumptions;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;

/**
 * The real {@code openssl ocsp} on a free port.
 */
final class OpenSslResponder implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("ACCEPT .*:(\\d+) .*");

	private final Process process;

	private final int port;

	private OpenSslResponder(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Start it, or skip the test where it is not installed.
	 * @param directory where its files go
	 * @param issuer the authority
	 * @param signer who signs the answers
	 * @param index the lines of its index, with tabs
	 * @return the responder
	 */
	static OpenSslResponder start(Path directory, IssuedCertificate issuer, IssuedCertificate signer, String... index) {
		Assumptions.assumeTrue(isInstalled(), "openssl is not installed");
		CertificateFiles files = CertificateFiles.replacing();
		files.writeCertificates(issuer.certificatePem(), directory.resolve("ca.crt"));
		files.write(signer, directory.resolve("signer.crt"), directory.resolve("signer.key"));
		try {
			Files.write(directory.resolve("index.txt"), List.of(index));
			Process process = new ProcessBuilder("openssl", "ocsp", "-index", "index.txt", "-port", "0", "-CA",
					"ca.crt", "-rsigner", "signer.crt", "-rkey", "signer.key", "-nmin", "5")
				.directory(directory.toFile())
				.redirectErrorStream(true)
				.start();
			return new OpenSslResponder(process, portOf(process));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	URI uri() {
		return URI.create("http://127.0.0.1:%d/".formatted(this.port));
	}

	@Override
	public void close() {
		this.process.destroy();
	}

	private static int portOf(Process process) throws IOException {
		List<String> lines = new ArrayList<>();
		BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher matcher = PORT.matcher(line);
			if (matcher.matches()) {
				return Integer.parseInt(matcher.group(1));
			}
			lines.add(line);
		}
		throw new IllegalStateException("openssl ocsp: " + lines);
	}

	private static boolean isInstalled() {
		for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
			if (Files.isExecutable(Path.of(folder, "openssl"))) {
				return true;
			}
		}
		return false;
	}

}
