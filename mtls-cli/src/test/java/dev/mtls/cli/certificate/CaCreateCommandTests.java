package dev.mtls.cli.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.PemFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CaCreateCommand}.
 */
class CaCreateCommandTests {

	@TempDir
	private Path directory;

	private CommandProcess process;

	@BeforeEach
	void create() {
		this.process = new CommandProcess(this.directory);
	}

	@Test
	void authorityHasCertificateKeyAndEmptyCrl() throws IOException {
		String out = this.process.succeed("ca", "create", "--name", "Example CA, Inc.", "--out", "pki");
		assertThat(out).contains("pki/ca.crt", "pki/ca.key", "pki/ca.crl", "CN=Example CA\\\\, Inc.");
		assertThat(permissions("pki/ca.key")).isEqualTo("rw-------");
		assertThat(permissions("pki/ca.crt")).startsWith("rw-r");
		X509Certificate certificate = certificate("pki/ca.crt");
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=Example CA\\, Inc.");
		assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
		assertThat(this.process
			.run(List.of("openssl", "crl", "-in", "pki/ca.crl", "-CAfile", "pki/ca.crt", "-noout", "-text")))
			.satisfies((crl) -> assertThat(crl.err()).contains("verify OK"))
			.satisfies((crl) -> assertThat(crl.out()).contains("No Revoked Certificates"));
	}

	@ParameterizedTest
	@CsvSource({ "ec, EC", "rsa-2048, RSA", "rsa, RSA", "ed25519, Ed" })
	void keyIsOfItsType(String type, String algorithm) {
		this.process.succeed("ca", "create", "--name", "CN=Example CA,O=Example", "--key-type", type, "--days", "10",
				"--crl-days", "5", "--file", "root");
		X509Certificate certificate = certificate("root.crt");
		assertThat(certificate.getPublicKey().getAlgorithm()).startsWith(algorithm);
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=Example CA,O=Example");
		assertThat(CertificateDetails.daysLeft(certificate, Instant.now())).isBetween(9L, 10L);
	}

	@Test
	void jsonTellsFilesAndCertificate() {
		assertThat(this.process.succeed("ca", "create", "--name", "Root", "--json")).startsWith("{")
			.contains("\"crl\" : \"ca.crl\"", "\"authority\" : true",
					"\"keyUsage\" : [ \"keyCertSign\", \"cRLSign\" ]");
	}

	@Test
	void intermediateStandsBelowTheRoot() {
		this.process.succeed("ca", "create", "--name", "Root", "--out", "pki");
		this.process.succeed("ca", "create", "--name", "Services", "--ca", "pki/ca.crt", "--file", "services", "--out",
				"pki");
		this.process.succeed("cert", "create", "--server", "--name", "a.example.com", "--ca", "pki/services.crt");
		assertThat(this.process
			.run(List.of("openssl", "verify", "-CAfile", "pki/ca.crt", "-untrusted", "a.example.com.crt", "-purpose",
					"sslserver", "-verify_hostname", "a.example.com", "-x509_strict", "a.example.com.crt")))
			.isEqualTo(new CommandProcess.Result(0, "a.example.com.crt: OK\n", ""));
	}

	@Test
	void fileThatExistsIsReplacedByForceAlone() throws IOException {
		Path crl = Files.writeString(this.directory.resolve("ca.crl"), "precious");
		this.process.mtls("ca", "create", "--name", "Root")
			.assertFailed(ExitStatus.FAILED, "ca.crl: The file exists already", "--force");
		assertThat(this.directory.resolve("ca.crt")).doesNotExist();
		assertThat(this.directory.resolve("ca.key")).doesNotExist();
		assertThat(crl).hasContent("precious");
		this.process.succeed("ca", "create", "--name", "Root", "--force");
		assertThat(crl).content().startsWith("-----BEGIN X509 CRL-----");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--name=OID=bad            | --name=OID=bad: It is no distinguished name
			--name=                   | --name: The name is empty
			--name=a --ca=none.crt    | --ca=file:none.crt: There is no such file
			--name=a --out=/proc/none | /proc/none
			""")
	void whatCannotBeDoneIsAnsweredInOneLine(String args, String expected) {
		String[] all = ("ca create " + args).split(" ");
		this.process.mtls(all).assertFailed(ExitStatus.FAILED, expected);
	}

	private X509Certificate certificate(String file) {
		return new PemFile("FILE", this.directory.resolve(file)).certificates().get(0);
	}

	private String permissions(String file) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.directory.resolve(file)));
	}

}
