package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.Optional;

import org.bouncycastle.asn1.x509.KeyUsage;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Where a certificate of the path, the anchor included, has a key usage, the peer's own
 * allows digitalSignature, and each one that issued another keyCertSign (RFC 5280,
 * section 4.2.1.3).
 */
final class KeyUsageCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return check(path.leaf(), KeyUsage.digitalSignature, "digitalSignature").or(() -> path.issuers()
			.map((issuer) -> check(issuer, KeyUsage.keyCertSign, "keyCertSign"))
			.flatMap(Optional::stream)
			.findFirst());
	}

	private static Optional<Decision.Deny> check(X509Certificate certificate, int usage, String usageName) {
		return CertificateExtensions.keyUsage(certificate)
			.filter((allowed) -> !allowed.hasUsages(usage))
			.map((allowed) -> new Decision.Deny(Reason.KEY_USAGE_WRONG, "key usage of certificate %s does not hold %s"
				.formatted(CertificateName.ofSubject(certificate), usageName)));
	}

}
