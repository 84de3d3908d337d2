package dev.mtls.test;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestAuthority#revoke} and {@link PublishedCrl}.
 */
class RevocationTests {

	private final TestAuthority authority = TestAuthority.create();

	private final TestCertificate client = this.authority.client();

	private final TestCertificate other = this.authority.client();

	private final Path directory;

	private final Path file;

	RevocationTests(@TempDir Path directory) {
		this.directory = directory;
		this.file = directory.resolve("new/ca.crl");
	}

	@Test
	void revokeWhenCrlIsPublishedChangesFileAndAddress() throws Exception {
		try (PublishedCrl published = this.authority.publishCrl(this.file)) {
			X509CRL before = parse(Files.readAllBytes(published.file()));
			assertThat(before.getRevokedCertificates()).isNull();
			this.authority.revoke(this.client);
			X509CRL after = parse(Files.readAllBytes(this.file));
			assertThat(after.isRevoked(this.client.certificate())).isTrue();
			assertThat(after.isRevoked(this.other.certificate())).isFalse();
			assertThat(after.getExtensionValue("2.5.29.20")).isNotEqualTo(before.getExtensionValue("2.5.29.20"));
			after.verify(this.authority.certificate().getPublicKey());
			assertThat(fetch(published)).isEqualTo(Files.readAllBytes(this.file));
			assertThat(published.requests()).isOne();
		}
	}

	@Test
	void publishWhenSomethingIsRevokedAlreadySaysSo() throws Exception {
		this.authority.revoke(this.client);
		this.authority.revoke(this.other);
		try (PublishedCrl published = this.authority.publishCrl(this.file)) {
			X509CRL crl = parse(Files.readAllBytes(published.file()));
			assertThat(crl.isRevoked(this.client.certificate())).isTrue();
			assertThat(crl.isRevoked(this.other.certificate())).isTrue();
		}
	}

	@Test
	void revokeWhenPublishedCrlIsClosedLeavesTheFile() throws Exception {
		PublishedCrl published = this.authority.publishCrl(this.file);
		published.close();
		byte[] before = Files.readAllBytes(this.file);
		this.authority.revoke(this.client);
		assertThat(this.file).hasBinaryContent(before);
	}

	@Test
	void revokeLeavesNothingBesideTheFile() {
		try (PublishedCrl published = this.authority.publishCrl(this.file)) {
			this.authority.revoke(this.client);
			assertThat(this.directory.resolve("new").toFile().list()).containsExactly("ca.crl");
			assertThat(published.file()).isEqualTo(this.file);
		}
	}

	@Test
	void crlWhenSomethingIsRevokedHoldsItBesideOthers() throws Exception {
		this.authority.revoke(this.client);
		X509CRL crl = parse(this.authority.crl(this.other.certificate()));
		assertThat(crl.isRevoked(this.client.certificate())).isTrue();
		assertThat(crl.isRevoked(this.other.certificate())).isTrue();
	}

	private static byte[] fetch(PublishedCrl published) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(published.uri()).build(), BodyHandlers.ofByteArray())
			.body();
	}

	private static X509CRL parse(byte[] crl) throws Exception {
		return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(crl));
	}

}
