package dev.mtls.cli.certificate;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertShowCommand} and {@link CrlShowCommand}.
 */
class ShowCommandTests {

	@TempDir
	private Path directory;

	private CommandProcess process;

	@BeforeEach
	void create() {
		this.process = new CommandProcess(this.directory);
	}

	@Test
	void certificateOfAFileIsShown() throws Exception {
		Pki pki = new Pki(this.directory);
		pki.process.succeed("cert", "create", "--client", "--name", "a", "--san", "uri:spiffe://example.com/a", "--ca",
				"ca.crt");
		X509Certificate certificate = pki.certificate("a.crt");
		String out = this.process.succeed("cert", "show", "a.crt");
		assertThat(out).contains("CN=a", "CN=Example CA", CertificateDetails.hexadecimal(certificate.getSerialNumber()),
				"uri:spiffe://example.com/a", "EC P-256", "digitalSignature", "clientAuth", "364");
		Files.write(this.directory.resolve("a.der"), certificate.getEncoded());
		assertThat(this.process.succeed("cert", "show", "a.der")).isEqualTo(out);
		String fingerprint = this.process
			.run(List.of("openssl", "x509", "-in", "a.crt", "-noout", "-fingerprint", "-sha256"))
			.out();
		assertThat(out).contains("sha256:" + fingerprint.substring(fingerprint.indexOf('=') + 1)
			.strip()
			.replace(":", "")
			.toLowerCase(Locale.ROOT));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void certificatesOfAServerAreShownWithoutTrustingIt(String protocol) throws Exception {
		TestAuthority authority = TestAuthority.create();
		TestCertificate certificate = authority.server();
		try (SSLServerSocket server = (SSLServerSocket) certificate.sslContext(authority)
			.getServerSocketFactory()
			.createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			server.setEnabledProtocols(new String[] { protocol });
			server.setNeedClientAuth(true);
			Thread thread = new Thread(() -> accept(server));
			thread.setDaemon(true);
			thread.start();
			String json = this.process.succeed("cert", "show", "127.0.0.1:" + server.getLocalPort(), "--json");
			assertThat(json).startsWith("[")
				.contains(CertificateDetails.hexadecimal(certificate.certificate().getSerialNumber()))
				.contains("\"issuer\" : \"%s\"".formatted(authority.anchor().getSubjectX500Principal().getName()));
		}
	}

	@Test
	void whatCannotBeShownIsAnsweredInOneLine() throws Exception {
		Files.writeString(this.directory.resolve("bad"), "bad");
		this.process.mtls("cert", "show", "bad").assertFailed(ExitStatus.FAILED, "FILE=file:bad: ");
		this.process.mtls("cert", "show", "none")
			.assertFailed(ExitStatus.FAILED, "FILE=file:none: There is no such file");
		this.process.mtls("cert", "show", "127.0.0.1:1").assertFailed(ExitStatus.FAILED, "127.0.0.1:1: ", "refused");
		this.process.mtls("cert", "show", "localhost:99999").assertFailed(ExitStatus.FAILED, "It is no host and port");
		this.process.mtls("cert", "show", "name.invalid:443")
			.assertFailed(ExitStatus.FAILED, "name.invalid:443: The name has no address");
		this.process.mtls("crl", "show", "bad").assertFailed(ExitStatus.FAILED, "FILE=bad: It is no CRL");
	}

	@Test
	void crlIsShown() {
		Pki pki = new Pki(this.directory);
		X509Certificate a = pki.client("a");
		assertThat(this.process.succeed("crl", "show", "ca.crl")).contains("CN=Example CA", "entries     0");
		pki.process.succeed("cert", "revoke", "a.crt", "--ca", "ca.crt", "--reason", "cessation-of-operation");
		assertThat(this.process.succeed("crl", "show", "ca.crl")).contains("entries     1",
				CertificateDetails.hexadecimal(a.getSerialNumber()), "cessation-of-operation");
		assertThat(this.process.succeed("crl", "show", "ca.crl", "--json")).contains("\"number\" : \"2\"",
				"\"current\" : true", "\"reason\" : \"cessation-of-operation\"");
	}

	private static void accept(SSLServerSocket server) {
		try {
			while (true) {
				try (SSLSocket socket = (SSLSocket) server.accept()) {
					socket.startHandshake();
				}
				catch (SSLException ex) {
					// As the command breaks the handshake off
				}
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

}
