package dev.mtls.trust;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PathVerifier} with certificates that no builder makes: altered, and
 * signed again with the key of their issuer. Some of them Java itself does not read.
 */
class AlteredCertificateTests {

	private static final int VERSION = 0;

	private static final KeyPair KEY = Certificates.key("RSA", 2048);

	private static final CertificateAuthority ROOT = Certificates.root(Certificates.authority("Root").keyPair(KEY));

	@ParameterizedTest
	@CsvSource({ "1, false", "2, true" })
	void verifyWhenIntermediateIsOfVersion(int version, boolean accepted) throws Exception {
		CertificateAuthority issuing = ROOT.intermediate(Certificates.authority("Issuing").build());
		X509Certificate altered = altered(issuing.certificate(), (fields) -> ofVersion(fields, version));
		X509Certificate leaf = Certificates.issue(issuing, Certificates.leaf(PeerRole.CLIENT)).get(0);
		Verdict<VerifiedPath> verdict = verify(leaf, altered);
		assertThat(altered.getVersion()).isEqualTo(version + 1);
		if (accepted) {
			assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
			return;
		}
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).isEqualTo(Reason.CONSTRAINT_VIOLATED);
			assertThat(refused.denial().detail()).contains("is no CA certificate (version 2)");
		});
	}

	@Test
	void verifyWhenLeafIsOfVersion2IsAcceptedWithWarning() throws Exception {
		X509Certificate leaf = Certificates.issue(ROOT, Certificates.leaf(PeerRole.CLIENT)).get(0);
		assertThat(verify(altered(leaf, (fields) -> ofVersion(fields, 1)))).isInstanceOfSatisfying(
				Verdict.Accepted.class,
				(accepted) -> assertThat(((VerifiedPath) accepted.value()).warnings()).singleElement()
					.asString()
					.contains("version 2"));
	}

	@Test
	void readWhenExtensionIsThereTwiceFails() throws Exception {
		X509Certificate leaf = Certificates.issue(ROOT, Certificates.leaf(PeerRole.CLIENT)).get(0);
		assertThat(verify(altered(leaf, UnaryOperator.identity()))).isInstanceOf(Verdict.Accepted.class);
		assertThatExceptionOfType(CertificateException.class)
			.isThrownBy(() -> altered(leaf, AlteredCertificateTests::withExtensionTwice));
	}

	@Test
	void readWhenSignatureAlgorithmIsNotTheSignedOneFails() throws Exception {
		X509Certificate leaf = Certificates.issue(ROOT, Certificates.leaf(PeerRole.CLIENT)).get(0);
		X509Certificate signedOtherwise = Certificates
			.issue(ROOT, Certificates.leaf(PeerRole.CLIENT).signatureAlgorithm("SHA512withRSA"))
			.get(0);
		ASN1Encodable other = Certificate.getInstance(signedOtherwise.getEncoded()).getSignatureAlgorithm();
		assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> altered(leaf, (fields) -> {
			fields.set(2, other);
			return fields;
		}));
	}

	private static Verdict<VerifiedPath> verify(X509Certificate... chain) {
		return new PathVerifier(List.of(ROOT.anchor())).verify(List.of(chain), PeerRole.CLIENT, Certificates.NOW);
	}

	private static List<ASN1Encodable> ofVersion(List<ASN1Encodable> fields, int version) {
		fields.set(VERSION, new DERTaggedObject(true, 0, new ASN1Integer(version)));
		return (version == 2) ? fields : fields.subList(0, fields.size() - 1);
	}

	private static List<ASN1Encodable> withExtensionTwice(List<ASN1Encodable> fields) {
		List<ASN1Encodable> extensions = new ArrayList<>(List
			.of(ASN1Sequence.getInstance(ASN1TaggedObject.getInstance(fields.get(fields.size() - 1)), true).toArray()));
		extensions.add(extensions.get(0));
		fields.set(fields.size() - 1,
				new DERTaggedObject(true, 3, new DERSequence(extensions.toArray(ASN1Encodable[]::new))));
		return fields;
	}

	private static X509Certificate altered(X509Certificate certificate, UnaryOperator<List<ASN1Encodable>> change)
			throws GeneralSecurityException {
		Certificate original = Certificate.getInstance(certificate.getEncoded());
		List<ASN1Encodable> fields = new ArrayList<>(
				List.of(ASN1Sequence.getInstance(original.getTBSCertificate().toASN1Primitive()).toArray()));
		DERSequence signed = new DERSequence(change.apply(fields).toArray(ASN1Encodable[]::new));
		Signature signature = Signature.getInstance("SHA256withRSA");
		signature.initSign(KEY.getPrivate());
		signature.update(ConstraintsText.der(signed));
		byte[] altered = ConstraintsText.der(new DERSequence(
				new ASN1Encodable[] { signed, original.getSignatureAlgorithm(), new DERBitString(signature.sign()) }));
		return (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(altered));
	}

}
