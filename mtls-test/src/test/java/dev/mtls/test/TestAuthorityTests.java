package dev.mtls.test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.authority.PemText;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestAuthority}.
 */
class TestAuthorityTests {

	private static final int EMAIL = 1;

	private static final int DNS = 2;

	private static final int URI = 6;

	private static final int IP = 7;

	private final TestAuthority authority = TestAuthority.create();

	@Test
	void createMakesRootWithNewKey() {
		X509Certificate root = this.authority.certificate();
		assertThat(root.getSubjectX500Principal().getName()).isEqualTo("CN=Test CA");
		assertThat(this.authority.anchor()).isEqualTo(root);
		assertThat(TestAuthority.create().certificate().getPublicKey()).isNotEqualTo(root.getPublicKey());
	}

	@Test
	void createWhenClockGivenLivesInItsTime() {
		Instant now = Instant.parse("2040-01-01T00:00:00Z");
		TestAuthority later = TestAuthority.create(InstantSource.fixed(now));
		assertThat(later.certificate().getNotBefore()).isBefore(now);
		assertThat(later.client().certificate().getNotBefore()).isAfter("2039-12-31");
		assertThat(later.client(Flaw.EXPIRED).certificate().getNotAfter()).isAfter("2039-12-30").isBefore(now);
	}

	@Test
	void serverIsThisMachine() throws Exception {
		assertThat(names(this.authority.server())).containsExactly(List.of(DNS, "localhost"), List.of(IP, "127.0.0.1"),
				List.of(IP, "0:0:0:0:0:0:0:1"));
	}

	@Test
	void serverWhenChangedIsThisMachineWithChanges() throws Exception {
		TestCertificate server = this.authority
			.server((request) -> request.dns("api.example.com").keyType(KeyType.RSA_2048));
		assertThat(names(server)).contains(List.of(DNS, "localhost"), List.of(DNS, "api.example.com"));
		assertThat(server.privateKey().getAlgorithm()).isEqualTo("RSA");
	}

	@Test
	void clientWhenUnnamedIsNamedClient() throws Exception {
		TestCertificate client = this.authority.client();
		assertThat(client.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=client");
		assertThat(names(client)).containsExactly(List.of(DNS, "client"));
	}

	@Test
	void clientWhenNamedHasNamesOfEachType() throws Exception {
		TestCertificate client = this.authority.client("alice.example", "spiffe://td/a", "10.1.2.3", "a@example.com");
		assertThat(client.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=alice.example");
		assertThat(names(client)).containsExactly(List.of(DNS, "alice.example"), List.of(URI, "spiffe://td/a"),
				List.of(IP, "10.1.2.3"), List.of(EMAIL, "a@example.com"));
	}

	@Test
	void clientWhenFirstNameIsUriDoesNotRepeatIt() throws Exception {
		TestCertificate client = this.authority.client("spiffe://td/a");
		assertThat(client.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=client");
		assertThat(names(client)).containsExactly(List.of(URI, "spiffe://td/a"));
	}

	@Test
	void clientWhenChangedHasOnlyThoseNames() throws Exception {
		TestCertificate client = this.authority.client((request) -> request.commonName("alice").uri("urn:a"));
		assertThat(client.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=alice");
		assertThat(names(client)).containsExactly(List.of(URI, "urn:a"));
	}

	@Test
	void intermediateSendsItself() {
		TestAuthority intermediate = this.authority.intermediate();
		TestCertificate client = intermediate.client();
		assertThat(client.chain()).containsExactly(client.certificate(), intermediate.certificate());
		assertThat(intermediate.anchor()).isEqualTo(this.authority.certificate());
	}

	@Test
	void intermediateWhenRequestedIsAsRequested() {
		TestAuthority intermediate = this.authority
			.intermediate(CertificateRequest.authority("CN=Mine").pathLength(4).build());
		assertThat(intermediate.certificate().getBasicConstraints()).isEqualTo(4);
	}

	@Test
	void writeToWritesAnchorInPlaceOfOld(@TempDir Path directory) throws Exception {
		TestAuthority.create().writeTo(directory, "ca");
		Path file = this.authority.intermediate().writeTo(directory, "ca");
		assertThat(file).isEqualTo(directory.resolve("ca.crt"));
		assertThat(Files.readString(file)).isEqualTo(PemText.of(this.authority.certificate()))
			.isEqualTo(this.authority.anchorPem());
	}

	private static List<List<?>> names(TestCertificate certificate) throws Exception {
		return List.copyOf(certificate.certificate().getSubjectAlternativeNames());
	}

}
