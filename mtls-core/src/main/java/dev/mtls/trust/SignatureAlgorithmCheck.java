package dev.mtls.trust;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Every signature below the anchor is made over a digest of the SHA-2 or SHA-3 families.
 * What hashes otherwise, MD5 and SHA-1 above all, or is not known, is weak. The anchor's
 * own signature is not part of the path (RFC 5280, section 6.1).
 */
final class SignatureAlgorithmCheck implements PathCheck {

	private static final Set<ASN1ObjectIdentifier> DIGESTS = Set.of(NISTObjectIdentifiers.id_sha224,
			NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha384, NISTObjectIdentifiers.id_sha512,
			NISTObjectIdentifiers.id_sha512_224, NISTObjectIdentifiers.id_sha512_256, NISTObjectIdentifiers.id_sha3_224,
			NISTObjectIdentifiers.id_sha3_256, NISTObjectIdentifiers.id_sha3_384, NISTObjectIdentifiers.id_sha3_512,
			NISTObjectIdentifiers.id_shake256, NISTObjectIdentifiers.id_shake256_len);

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return path.belowAnchor()
			.filter((certificate) -> !DIGESTS.contains(digest(certificate)))
			.map((certificate) -> new Decision.Deny(Reason.ALGORITHM_WEAK,
					"certificate %s is signed with %s".formatted(CertificateName.ofSubject(certificate),
							certificate.getSigAlgName())))
			.findFirst();
	}

	private static ASN1ObjectIdentifier digest(X509Certificate certificate) {
		byte[] parameters = certificate.getSigAlgParams();
		try {
			AlgorithmIdentifier algorithm = new AlgorithmIdentifier(
					new ASN1ObjectIdentifier(certificate.getSigAlgOID()),
					(parameters != null) ? ASN1Primitive.fromByteArray(parameters) : null);
			return new DefaultDigestAlgorithmIdentifierFinder().find(algorithm).getAlgorithm();
		}
		catch (IOException | RuntimeException ex) {
			throw new IllegalArgumentException("signature algorithm of certificate %s cannot be read"
				.formatted(CertificateName.ofSubject(certificate)), ex);
		}
	}

}
