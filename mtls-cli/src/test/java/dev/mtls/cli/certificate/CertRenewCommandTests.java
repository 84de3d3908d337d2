package dev.mtls.cli.certificate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertRenewCommand}.
 */
class CertRenewCommandTests {

	@TempDir
	private Path directory;

	private Pki pki;

	private X509Certificate old;

	@BeforeEach
	void create() {
		this.pki = new Pki(this.directory);
		this.pki.process.succeed("cert", "create", "--server", "--client", "--name", "a.example.com", "--san",
				"uri:spiffe://example.com/a", "--ca", "ca.crt", "--days", "100", "--file", "a");
		this.old = this.pki.certificate("a.crt");
	}

	@Test
	void renewedCertificateSaysTheSameWithANewKey() throws Exception {
		this.pki.process.succeed("cert", "renew", "a.crt", "--ca", "ca.crt", "--force");
		X509Certificate renewed = this.pki.certificate("a.crt");
		assertThat(renewed.getSubjectX500Principal()).isEqualTo(this.old.getSubjectX500Principal());
		assertThat(renewed.getSubjectAlternativeNames())
			.hasToString(String.valueOf(this.old.getSubjectAlternativeNames()));
		assertThat(renewed.getKeyUsage()).isEqualTo(this.old.getKeyUsage());
		assertThat(renewed.getExtendedKeyUsage()).isEqualTo(this.old.getExtendedKeyUsage());
		assertThat(renewed.getBasicConstraints()).isEqualTo(-1);
		assertThat(renewed.getPublicKey()).isNotEqualTo(this.old.getPublicKey());
		assertThat(renewed.getSerialNumber()).isNotEqualTo(this.old.getSerialNumber());
		assertThat(days(renewed)).isEqualTo(days(this.old));
		assertThat(this.pki.process
			.run(List.of("openssl", "verify", "-CAfile", "ca.crt", "-x509_strict", "-purpose", "sslserver",
					"-verify_hostname", "a.example.com", "a.crt"))
			.out()).isEqualTo("a.crt: OK\n");
	}

	@Test
	void keyMayBeKept() throws Exception {
		byte[] key = Files.readAllBytes(this.directory.resolve("a.key"));
		this.pki.process.succeed("cert", "renew", "a.crt", "--ca", "ca.crt", "--keep-key", "--days", "7", "--out",
				"new");
		X509Certificate renewed = this.pki.certificate("new/a.crt");
		assertThat(renewed.getPublicKey()).isEqualTo(this.old.getPublicKey());
		assertThat(this.directory.resolve("new/a.key")).doesNotExist();
		assertThat(this.directory.resolve("a.key")).hasBinaryContent(key);
		assertThat(days(renewed)).isEqualTo(7);
		assertThat(this.pki.certificate("a.crt")).isEqualTo(this.old);
	}

	@Test
	void fileIsReplacedByForceAlone() {
		this.pki.process.mtls("cert", "renew", "a.crt", "--ca", "ca.crt")
			.assertFailed(ExitStatus.FAILED, "a.crt: The file exists already", "--force", "--out");
		assertThat(this.pki.certificate("a.crt")).isEqualTo(this.old);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ec", "rsa", "rsa-2048", "ed25519" })
	void newKeyIsOfTheKindOfTheOld(String type) {
		this.pki.process.succeed("cert", "create", "--client", "--name", "b", "--ca", "ca.crt", "--key-type", type);
		Object before = CertificateDetails.of(this.pki.certificate("b.crt"), Instant.now()).get("key");
		this.pki.process.succeed("cert", "renew", "b.crt", "--ca", "ca.crt", "--force");
		assertThat(CertificateDetails.of(this.pki.certificate("b.crt"), Instant.now()).get("key")).isEqualTo(before);
	}

	@Test
	void keyThatIsKeptMayBeElsewhereAndEncrypted() throws Exception {
		assertThat(this.pki.process
			.run(List.of("openssl", "pkcs8", "-topk8", "-in", "a.key", "-out", "locked.pem", "-passout", "pass:secret"))
			.status()).isZero();
		Files.writeString(this.directory.resolve("password"), "secret");
		String json = this.pki.process.succeed("cert", "renew", "a.crt", "--key", "locked.pem", "--keep-key", "--ca",
				"ca.crt", "--password-file", "password", "--out", "new", "--json");
		assertThat(json).contains("\"certificate\" : \"new/a.crt\"", "\"privateKey\" : \"locked.pem\"");
		assertThat(this.pki.certificate("new/a.crt").getPublicKey()).isEqualTo(this.old.getPublicKey());
		assertThat(this.directory.resolve("locked.pem")).content().contains("ENCRYPTED");
		assertThat(this.directory.resolve("new/locked.pem")).doesNotExist();
	}

	@Test
	void certificateOfAnotherAuthorityIsNotRenewed() {
		TestAuthority.create().client("b").writeTo(this.directory, "b");
		this.pki.process.mtls("cert", "renew", "b.crt", "--ca", "ca.crt", "--force")
			.assertFailed(ExitStatus.FAILED, "b.crt: It was not issued by this authority");
	}

	private static long days(X509Certificate certificate) {
		return Duration.between(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()).toDays();
	}

}
