package dev.mtls.authority;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RevocationListRequest}.
 */
class RevocationListRequestTests {

	private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

	private final CertificateAuthority authority = CertificateAuthority
		.create(CertificateRequest.authority("CN=Issuer").build(), InstantSource.fixed(NOW));

	@Test
	void listIsSignedByAuthorityAsOfNowForOneDay() throws Exception {
		X509CRL list = list(RevocationListRequest.of(7));
		list.verify(this.authority.certificate().getPublicKey());
		assertThat(list.getIssuerX500Principal()).isEqualTo(this.authority.certificate().getSubjectX500Principal());
		assertThat(list.getThisUpdate()).isEqualTo(NOW);
		assertThat(list.getNextUpdate()).isEqualTo(NOW.plus(Duration.ofDays(1)));
		assertThat(list.getRevokedCertificates()).isNull();
		assertThat(CRLNumber.getInstance(extension(list, Extension.cRLNumber.getId())).getCRLNumber())
			.isEqualTo(BigInteger.valueOf(7));
		byte[] key = ASN1OctetString
			.getInstance(this.authority.certificate().getExtensionValue(Extension.subjectKeyIdentifier.getId()))
			.getOctets();
		assertThat(AuthorityKeyIdentifier.getInstance(extension(list, Extension.authorityKeyIdentifier.getId()))
			.getKeyIdentifierOctets()).isEqualTo(SubjectKeyIdentifier.getInstance(key).getKeyIdentifier());
	}

	@Test
	void listHasRevokedCertificatesWithTimeAndReason() throws Exception {
		X509Certificate alice = this.authority.issue(CertificateRequest.client("alice").build()).certificate();
		Instant since = NOW.minus(Duration.ofDays(3));
		X509CRL list = list(RevocationListRequest.of(1)
			.revoke(alice)
			.revoke(BigInteger.TEN, since, CRLReason.KEY_COMPROMISE)
			.revoke(BigInteger.TWO, null, CRLReason.AA_COMPROMISE));
		assertThat(list.getRevokedCertificates()).hasSize(3);
		assertThat(list.isRevoked(alice)).isTrue();
		assertThat(list.getRevokedCertificate(alice).getRevocationDate()).isEqualTo(NOW);
		assertThat(list.getRevokedCertificate(alice).hasExtensions()).isFalse();
		assertThat(list.getRevokedCertificate(BigInteger.TEN).getRevocationDate()).isEqualTo(since);
		assertThat(list.getRevokedCertificate(BigInteger.TEN).getRevocationReason())
			.isEqualTo(CRLReason.KEY_COMPROMISE);
		assertThat(list.getRevokedCertificate(BigInteger.TWO).getRevocationReason()).isEqualTo(CRLReason.AA_COMPROMISE);
	}

	@Test
	void listIsAsOfWhenAndAsLongAsAsked() throws Exception {
		Instant thisUpdate = NOW.minus(Duration.ofDays(9));
		X509CRL list = list(RevocationListRequest.of(1).thisUpdate(thisUpdate).validity(Duration.ofHours(2)));
		assertThat(list.getThisUpdate()).isEqualTo(thisUpdate);
		assertThat(list.getNextUpdate()).isEqualTo(thisUpdate.plus(Duration.ofHours(2)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> list(RevocationListRequest.of(1).validity(Duration.ofSeconds(-1))));
	}

	@Test
	void requestIsNotChangedByWhatIsMadeFromIt() throws Exception {
		RevocationListRequest empty = RevocationListRequest.of(1);
		assertThat(empty.revoke(BigInteger.ONE, null, CRLReason.UNSPECIFIED)).isNotSameAs(empty);
		assertThat(list(empty).getRevokedCertificates()).isNull();
	}

	@Test
	void certificateNamesDistributionPoint() {
		X509Certificate alice = this.authority
			.issue(CertificateRequest.client("alice").crlDistributionPoint("http://a/1.crl", "http://b/1.crl").build())
			.certificate();
		assertThat(alice.getNonCriticalExtensionOIDs()).contains(Extension.cRLDistributionPoints.getId());
		DistributionPoint[] points = CRLDistPoint
			.getInstance(ASN1OctetString.getInstance(alice.getExtensionValue(Extension.cRLDistributionPoints.getId()))
				.getOctets())
			.getDistributionPoints();
		assertThat(points).hasSize(1);
		assertThat(GeneralNames.getInstance(points[0].getDistributionPoint().getName()).getNames())
			.extracting(GeneralName::getName)
			.extracting(Object::toString)
			.containsExactly("http://a/1.crl", "http://b/1.crl");
	}

	private X509CRL list(RevocationListRequest request) throws Exception {
		return (X509CRL) CertificateFactory.getInstance("X.509")
			.generateCRL(new ByteArrayInputStream(this.authority.revocationList(request)));
	}

	private static byte[] extension(X509CRL list, String oid) {
		return ASN1OctetString.getInstance(list.getExtensionValue(oid)).getOctets();
	}

}
