package dev.mtls.authority;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link CertificateAuthority} with {@code openssl} as the judge.
 */
class OpenSslTests {

	private final CertificateAuthority root = CertificateAuthority.create("CN=Root,O=Example");

	private final CertificateAuthority intermediate = this.root.intermediate("CN=Intermediate,O=Example");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@BeforeEach
	void findOpenSsl() {
		assumeTrue(isInstalled(), "openssl is not installed");
	}

	@ParameterizedTest
	@EnumSource(KeyType.class)
	void serverIsAcceptedAsServerOnly(KeyType keyType) throws Exception {
		IssuedCertificate server = this.intermediate
			.issue(CertificateRequest.server("localhost").ip("::1").keyType(keyType).build());
		write(server);
		assertThat(verify("sslserver")).endsWith("OK");
		assertThat(verify("sslserver", "-verify_hostname", "localhost")).endsWith("OK");
		assertThat(verify("sslserver", "-verify_ip", "::1")).endsWith("OK");
		assertThat(verify("sslserver", "-verify_hostname", "other.example")).contains("hostname mismatch");
		assertThat(verify("sslclient")).contains("unsuitable certificate purpose");
	}

	@ParameterizedTest
	@EnumSource(KeyType.class)
	void clientIsAcceptedAsClientOnly(KeyType keyType) throws Exception {
		write(this.intermediate
			.issue(CertificateRequest.client("alice").email("alice@example.com").keyType(keyType).build()));
		assertThat(verify("sslclient")).endsWith("OK");
		assertThat(verify("sslclient", "-verify_email", "alice@example.com")).endsWith("OK");
		assertThat(verify("sslserver")).contains("unsuitable certificate purpose");
	}

	@Test
	void emptySubjectIsAccepted() throws Exception {
		write(this.intermediate.issue(CertificateRequest.client("").subject("").uri("spiffe://td/a").build()));
		assertThat(verify("sslclient")).endsWith("OK");
	}

	@Test
	void textShowsExtensions() throws Exception {
		write(this.intermediate.issue(CertificateRequest.client("alice")
			.organizationalUnit("Payments")
			.dns("a.example")
			.uri("spiffe://td/a")
			.ip("10.1.2.3")
			.email("alice@example.com")
			.build()));
		assertThat(openssl("x509", "-in", "leaf.crt", "-noout", "-text")).containsSubsequence("Version: 3",
				"ecdsa-with-SHA256", "Issuer: O = Example, CN = Intermediate", "OU = Payments, CN = alice",
				"NIST CURVE: P-256", "Basic Constraints: critical", "CA:FALSE", "Key Usage: critical",
				"Digital Signature", "TLS Web Client Authentication", "Subject Alternative Name: ",
				"DNS:a.example, URI:spiffe://td/a, IP Address:10.1.2.3, email:alice@example.com");
		assertThat(openssl("x509", "-in", "root.crt", "-noout", "-text")).containsSubsequence(
				"Basic Constraints: critical", "CA:TRUE", "Key Usage: critical", "Certificate Sign, CRL Sign");
	}

	@Test
	void privateKeyIsRead() throws Exception {
		IssuedCertificate issued = this.root.issue(CertificateRequest.client("alice").build());
		CertificateFiles.creating()
			.write(issued, this.directory.resolve("alice.crt"), this.directory.resolve("alice.key"));
		String ofCertificate = openssl("x509", "-in", "alice.crt", "-noout", "-pubkey");
		assertThat(openssl("pkey", "-in", "alice.key", "-pubout")).isEqualTo(ofCertificate).contains("PUBLIC KEY");
	}

	@Test
	void pkcs12IsRead() throws Exception {
		IssuedCertificate issued = this.intermediate.issue(CertificateRequest.client("alice").build());
		CertificateFiles.creating()
			.writePrivate(issued.pkcs12("changeit".toCharArray()), this.directory.resolve("alice.p12"));
		assertThat(openssl("pkcs12", "-in", "alice.p12", "-passin", "pass:changeit", "-nodes")).contains("CN = alice",
				"CN = Intermediate", "BEGIN PRIVATE KEY");
	}

	private void write(IssuedCertificate issued) {
		CertificateFiles files = CertificateFiles.creating();
		files.writeCertificates(issued.certificatePem(), this.directory.resolve("leaf.crt"));
		files.writeCertificates(this.intermediate.own().certificatePem(), this.directory.resolve("intermediate.crt"));
		files.writeCertificates(this.root.own().certificatePem(), this.directory.resolve("root.crt"));
	}

	private String verify(String purpose, String... options) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("verify", "-x509_strict", "-CAfile", "root.crt", "-untrusted",
				"intermediate.crt", "-purpose", purpose));
		arguments.addAll(List.of(options));
		arguments.add("leaf.crt");
		return openssl(arguments.toArray(String[]::new));
	}

	private String openssl(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("openssl"));
		command.addAll(List.of(arguments));
		Path output = Files.createTempFile(this.directory, "output", ".txt");
		new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start()
			.waitFor();
		return Files.readString(output, StandardCharsets.UTF_8).strip();
	}

	private static boolean isInstalled() {
		try {
			return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
