package dev.mtls.cli.certificate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.PemFile;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertRevokeCommand}.
 */
class CertRevokeCommandTests {

	@TempDir
	private Path directory;

	private Pki pki;

	@BeforeEach
	void create() {
		this.pki = new Pki(this.directory);
	}

	@Test
	void certificateIsOnTheListThatOpenSslBelieves() {
		X509Certificate a = this.pki.client("a");
		this.pki.client("b");
		String out = this.pki.process.succeed("cert", "revoke", "a.crt", "--ca", "ca.crt", "--reason", "key-compromise",
				"--crl-days", "7");
		assertThat(out).contains("ca.crl", CertificateDetails.hexadecimal(a.getSerialNumber()));
		X509CRL crl = this.pki.crl();
		assertThat(crl.getRevokedCertificate(a).getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
		assertThat(RevocationList.number(crl)).isEqualTo(2);
		assertThat(Duration.between(crl.getThisUpdate().toInstant(), crl.getNextUpdate().toInstant()))
			.isEqualTo(Duration.ofDays(7));
		assertThat(verify("a.crt").err()).contains("certificate revoked");
		assertThat(verify("b.crt").out()).isEqualTo("b.crt: OK\n");
	}

	@Test
	void serialNumberIsTakenAsItIsShown() {
		X509Certificate a = this.pki.client("a");
		X509Certificate b = this.pki.client("b");
		String colons = a.getSerialNumber().toString(16).toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
		this.pki.process.succeed("cert", "revoke", "--serial", "0x" + b.getSerialNumber().toString(16), "--serial",
				colons, "--ca", "ca.crt");
		assertThat(this.pki.crl().getRevokedCertificate(a)).isNotNull();
		assertThat(this.pki.crl().getRevokedCertificate(b)).isNotNull();
	}

	@Test
	void whatWasRevokedBeforeStaysAsItIs() {
		X509Certificate a = this.pki.client("a");
		this.pki.client("b");
		this.pki.process.succeed("cert", "revoke", "a.crt", "--ca", "ca.crt", "--reason", "superseded");
		X509CRLEntry before = this.pki.crl().getRevokedCertificate(a);
		String json = this.pki.process.succeed("cert", "revoke", "a.crt", "b.crt", "--ca", "ca.crt", "--json");
		assertThat(json).contains("\"added\" : 1", "\"entries\" : 2", "\"number\" : \"3\"");
		assertThat(this.pki.crl().getRevokedCertificate(a)).isEqualTo(before);
		assertThat(this.pki.process.succeed("cert", "revoke", "--ca", "ca.crt", "--json")).contains("\"added\" : 0",
				"\"entries\" : 2", "\"number\" : \"4\"");
	}

	@Test
	void nothingIsLostWhenManyRevokeAtTheSameTime() throws Exception {
		List<X509Certificate> certificates = IntStream.range(0, 6).mapToObj((i) -> this.pki.client("c" + i)).toList();
		ExecutorService executor = Executors.newFixedThreadPool(6);
		for (int i = 0; i < 6; i++) {
			String file = "c%d.crt".formatted(i);
			executor.execute(() -> this.pki.process.succeed("cert", "revoke", file, "--ca", "ca.crt"));
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		X509CRL crl = this.pki.crl();
		assertThat(certificates).allSatisfy((certificate) -> assertThat(crl.isRevoked(certificate)).isTrue());
		assertThat(RevocationList.number(crl)).isEqualTo(7);
	}

	@Test
	void listThatIsMissingIsMade() throws Exception {
		X509Certificate a = this.pki.client("a");
		Files.delete(this.directory.resolve("ca.crl"));
		this.pki.process.succeed("cert", "revoke", "a.crt", "--ca", "ca.crt", "--crl", "other.crl");
		assertThat(new RevocationList(new PemFile("FILE", this.directory.resolve("other.crl"))).read().isRevoked(a))
			.isTrue();
		assertThat(this.directory.resolve("ca.crl")).doesNotExist();
	}

	@Test
	void listThatIsDamagedOrForeignIsNotReplaced() throws Exception {
		this.pki.client("a");
		Path crl = Files.writeString(this.directory.resolve("ca.crl"), "damaged");
		String[] revoke = { "cert", "revoke", "a.crt", "--ca", "ca.crt" };
		this.pki.process.mtls(revoke).assertFailed(ExitStatus.FAILED, "--crl=ca.crl: It is no CRL", "Restore it");
		assertThat(crl).hasContent("damaged");
		byte[] foreign = TestAuthority.create().crl();
		Files.write(crl, foreign);
		this.pki.process.mtls(revoke)
			.assertFailed(ExitStatus.FAILED, "--crl=ca.crl: It is not signed by this authority");
		assertThat(crl).hasBinaryContent(foreign);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			other.crt | other.crt: It was not issued by this authority, but by
			ca.crt    | ca.crt: It is the authority itself
			none.crt  | FILE=file:none.crt: There is no such file
			""")
	void whatCannotBeRevokedIsAnsweredInOneLine(String file, String expected) {
		TestAuthority.create().client("other").writeTo(this.directory, "other");
		this.pki.process.mtls("cert", "revoke", file, "--ca", "ca.crt").assertFailed(ExitStatus.FAILED, expected);
		assertThat(RevocationList.number(this.pki.crl())).isEqualTo(1);
	}

	private CommandProcess.Result verify(String file) {
		return this.pki.process
			.run(List.of("openssl", "verify", "-CAfile", "ca.crt", "-crl_check", "-CRLfile", "ca.crl", file));
	}

}
