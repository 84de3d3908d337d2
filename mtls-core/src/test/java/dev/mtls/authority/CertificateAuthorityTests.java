package dev.mtls.authority;

import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CertificateAuthority}.
 */
class CertificateAuthorityTests {

	private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

	private static final InstantSource CLOCK = InstantSource.fixed(NOW);

	private final CertificateAuthority root = authority("CN=Root");

	@ParameterizedTest
	@EnumSource(KeyType.class)
	void issueWhenAuthorityHasKeyTypeVerifies(KeyType keyType) throws Exception {
		CertificateAuthority authority = CertificateAuthority
			.create(CertificateRequest.authority("CN=Root").keyType(keyType).build(), CLOCK);
		validate(authority.issue(CertificateRequest.client("alice").build()).chain(), authority.anchor());
	}

	@Test
	void issueWhenIntermediateSendsItWithoutRoot() throws Exception {
		CertificateAuthority intermediate = this.root.intermediate("CN=Intermediate");
		IssuedCertificate issued = intermediate.issue(CertificateRequest.server("localhost").build());
		assertThat(issued.chain()).containsExactly(issued.certificate(), intermediate.certificate());
		assertThat(intermediate.anchor()).isEqualTo(this.root.certificate());
		validate(issued.chain(), this.root.certificate());
	}

	@Test
	void issueWhenOtherAuthorityDoesNotVerify() {
		IssuedCertificate issued = authority("CN=Root").issue(CertificateRequest.client("alice").build());
		assertThatExceptionOfType(CertPathValidatorException.class)
			.isThrownBy(() -> validate(issued.chain(), this.root.certificate()));
	}

	@Test
	void issueWhenPublicKeyGivenCertifiesIt() throws Exception {
		KeyPair key = KeyType.RSA_2048.generate();
		List<X509Certificate> chain = this.root.issue(CertificateRequest.client("alice").build(), key.getPublic());
		assertThat(chain).singleElement().extracting(X509Certificate::getPublicKey).isEqualTo(key.getPublic());
		validate(chain, this.root.certificate());
	}

	@Test
	void issueWhenTwiceDiffersInKeyAndSerialNumber() {
		CertificateRequest request = CertificateRequest.client("alice").build();
		X509Certificate first = this.root.issue(request).certificate();
		X509Certificate second = this.root.issue(request).certificate();
		assertThat(first.getSerialNumber()).isNotEqualTo(second.getSerialNumber());
		assertThat(first.getPublicKey()).isNotEqualTo(second.getPublicKey());
	}

	@Test
	void issueWhenAuthorityEndsEarlierEndsWithIt() {
		CertificateAuthority authority = CertificateAuthority
			.create(CertificateRequest.authority("CN=Root").validity(Duration.ofDays(1)).build(), CLOCK);
		assertThat(authority.issue(CertificateRequest.client("alice").build()).certificate().getNotAfter().toInstant())
			.isEqualTo(NOW.plus(Duration.ofDays(1)));
		assertThat(authority.intermediate("CN=Intermediate").certificate().getNotAfter().toInstant())
			.isEqualTo(NOW.plus(Duration.ofDays(1)));
	}

	@Test
	void issueWhenSignatureAlgorithmDoesNotSuitKeyFails() {
		CertificateRequest request = CertificateRequest.client("alice").signatureAlgorithm("SHA256withRSA").build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.root.issue(request))
			.withMessage("A key of type EC cannot sign with SHA256withRSA");
	}

	@Test
	void issueWhenEndIsBeforeBeginFails() {
		CertificateRequest request = CertificateRequest.client("alice").notAfter(NOW.minus(Duration.ofDays(1))).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.root.issue(request))
			.withMessageContaining("2029-12-31T12:00:00Z");
	}

	@Test
	void intermediateMayStandOnAnother() throws Exception {
		CertificateAuthority upper = this.root.intermediate(CertificateRequest.authority("CN=Upper").build());
		CertificateAuthority lower = upper.intermediate("CN=Lower");
		IssuedCertificate issued = lower.issue(CertificateRequest.client("alice").build());
		assertThat(issued.chain()).hasSize(3);
		validate(issued.chain(), this.root.certificate());
	}

	@Test
	void intermediateAllowsNoOtherBelow() {
		CertificateAuthority lower = this.root.intermediate("CN=Upper").intermediate("CN=Lower");
		IssuedCertificate issued = lower.issue(CertificateRequest.client("alice").build());
		assertThatExceptionOfType(CertPathValidatorException.class)
			.isThrownBy(() -> validate(issued.chain(), this.root.certificate()))
			.withMessageContaining("pathLenConstraint");
	}

	@Test
	void selfSignedIsItsOwnIssuer() throws Exception {
		IssuedCertificate issued = CertificateAuthority.selfSigned(CertificateRequest.client("alice").build(), CLOCK);
		X509Certificate certificate = issued.certificate();
		assertThat(certificate.getIssuerX500Principal()).isEqualTo(certificate.getSubjectX500Principal());
		assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
		certificate.verify(certificate.getPublicKey());
	}

	@Test
	void openWhenRootIssuesAsBefore() throws Exception {
		CertificateAuthority opened = CertificateAuthority.open(this.root.own().privateKey(), this.root.own().chain(),
				CLOCK);
		IssuedCertificate issued = opened.issue(CertificateRequest.client("alice").build());
		assertThat(issued.chain()).hasSize(1);
		validate(issued.chain(), this.root.certificate());
	}

	@Test
	void openWhenIntermediateWithoutRootSendsIntermediate() throws Exception {
		IssuedCertificate own = this.root.intermediate("CN=Intermediate").own();
		assertThat(own.chain()).hasSize(1);
		CertificateAuthority opened = CertificateAuthority.open(own.privateKey(), own.chain(), CLOCK);
		IssuedCertificate issued = opened.issue(CertificateRequest.client("alice").build());
		assertThat(issued.chain()).containsExactly(issued.certificate(), own.certificate());
		validate(issued.chain(), this.root.certificate());
	}

	@Test
	void openWhenIntermediateWithRootSendsIntermediateOnly() {
		IssuedCertificate own = this.root.intermediate("CN=Intermediate").own();
		CertificateAuthority opened = CertificateAuthority.open(own.privateKey(),
				List.of(own.certificate(), this.root.certificate()), CLOCK);
		IssuedCertificate issued = opened.issue(CertificateRequest.client("alice").build());
		assertThat(issued.chain()).containsExactly(issued.certificate(), own.certificate());
		assertThat(opened.anchor()).isEqualTo(this.root.certificate());
	}

	@Test
	void openWhenKeyOfOtherFails() {
		CertificateAuthority other = authority("CN=Root");
		assertThatOpenFails(other.own(), this.root.own().chain(), CLOCK, Reason.KEY_MISMATCH)
			.withMessageStartingWith("authority CN=Root: The private key does not belong to the certificate.");
	}

	@Test
	void openWhenKeyOfOtherTypeFails() {
		CertificateAuthority other = CertificateAuthority
			.create(CertificateRequest.authority("CN=Root").keyType(KeyType.RSA_2048).build(), CLOCK);
		assertThatOpenFails(other.own(), this.root.own().chain(), CLOCK, Reason.KEY_MISMATCH);
	}

	@Test
	void openWhenLeafFails() {
		IssuedCertificate leaf = this.root.issue(CertificateRequest.client("alice").build());
		assertThatOpenFails(leaf, leaf.chain(), CLOCK, Reason.MATERIAL_INVALID);
	}

	@Test
	void openWhenKeyUsageForbidsFails() {
		IssuedCertificate own = CertificateAuthority
			.create(CertificateRequest.authority("CN=Root").keyUsage(KeyUsage.CRL_SIGN).build(), CLOCK)
			.own();
		assertThatOpenFails(own, own.chain(), CLOCK, Reason.MATERIAL_INVALID);
	}

	@Test
	void openWhenExpiredFails() {
		Instant end = this.root.certificate().getNotAfter().toInstant();
		CertificateAuthority.open(this.root.own().privateKey(), this.root.own().chain(), InstantSource.fixed(end));
		assertThatOpenFails(this.root.own(), this.root.own().chain(), InstantSource.fixed(end.plusMillis(1)),
				Reason.MATERIAL_EXPIRED)
			.withMessageContaining(end.toString());
	}

	@Test
	void openWhenChainDoesNotFollowFails() {
		IssuedCertificate own = this.root.intermediate("CN=Intermediate").own();
		assertThatOpenFails(own, List.of(own.certificate(), authority("CN=Root").certificate()), CLOCK,
				Reason.CHAIN_INVALID);
	}

	@Test
	void openWhenChainIsEmptyFails() {
		assertThatOpenFails(this.root.own(), List.of(), CLOCK, Reason.MATERIAL_INVALID);
	}

	@Test
	void createWhenNameIsWrongFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> CertificateAuthority.create("Root"));
	}

	@Test
	void toStringShowsOnlyName() {
		assertThat(this.root).hasToString("CertificateAuthority[CN=Root]");
	}

	private static ThrowableAssertAlternative<MtlsException> assertThatOpenFails(IssuedCertificate key,
			List<X509Certificate> chain, InstantSource clock, Reason reason) {
		return assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> CertificateAuthority.open(key.privateKey(), chain, clock))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(reason));
	}

	private static CertificateAuthority authority(String distinguishedName) {
		return CertificateAuthority.create(CertificateRequest.authority(distinguishedName).build(), CLOCK);
	}

	private static void validate(List<X509Certificate> chain, X509Certificate anchor) throws Exception {
		PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
		parameters.setRevocationEnabled(false);
		parameters.setDate(Date.from(NOW));
		CertPathValidator.getInstance("PKIX")
			.validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
	}

}
