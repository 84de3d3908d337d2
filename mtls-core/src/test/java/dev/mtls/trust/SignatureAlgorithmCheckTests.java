package dev.mtls.trust;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SignatureAlgorithmCheck} with algorithms whose name does not tell the
 * digest.
 */
class SignatureAlgorithmCheckTests {

	private static final CertificateAuthority RSA_ROOT = Certificates
		.root(Certificates.authority("RSA Root").keyType(KeyType.RSA_2048));

	@ParameterizedTest
	@CsvSource({ "SHA1WITHRSAANDMGF1, false", "SHA256WITHRSAANDMGF1, true", "SHA384WITHRSAANDMGF1, true",
			"SHA512WITHRSAANDMGF1, true" })
	void verifyWhenSignedWithPssReturnsVerdict(String algorithm, boolean accepted) throws Exception {
		Verdict<VerifiedPath> verdict = new PathVerifier(List.of(RSA_ROOT.anchor()))
			.verify(List.of(signed(algorithm, KeyType.EC_P256.generate())), PeerRole.CLIENT, Certificates.NOW);
		if (accepted) {
			assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
			return;
		}
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.ALGORITHM_WEAK));
	}

	@ParameterizedTest
	@CsvSource({ "Ed25519, 255", "Ed448, 448" })
	void verifyWhenSignedWithEdDsaIsAccepted(String algorithm, int bits) {
		CertificateAuthority root = Certificates.root(Certificates.authority("Root")
			.keyPair(Certificates.key(algorithm, bits))
			.signatureAlgorithm(algorithm));
		List<X509Certificate> chain = Certificates.issue(root,
				Certificates.leaf(PeerRole.CLIENT).signatureAlgorithm(algorithm));
		assertThat(new PathVerifier(List.of(root.anchor())).verify(chain, PeerRole.CLIENT, Certificates.NOW))
			.isInstanceOf(Verdict.Accepted.class);
	}

	private static X509Certificate signed(String algorithm, KeyPair key) throws Exception {
		return new JcaX509CertificateConverter()
			.getCertificate(new JcaX509v3CertificateBuilder(RSA_ROOT.certificate().getSubjectX500Principal(),
					BigInteger.ONE, Date.from(Certificates.NOW), Date.from(Certificates.NOW.plus(Duration.ofDays(1))),
					new X500Principal("CN=alice"), key.getPublic())
				.build(new JcaContentSignerBuilder(algorithm).setProvider(new BouncyCastleProvider())
					.build(RSA_ROOT.own().privateKey())));
	}

}
