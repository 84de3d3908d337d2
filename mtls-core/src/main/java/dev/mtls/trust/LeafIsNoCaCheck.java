package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.Optional;

import org.bouncycastle.asn1.x509.KeyUsage;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The peer's own certificate may not issue others: neither by its basic constraints nor
 * by its key usage.
 */
final class LeafIsNoCaCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		X509Certificate leaf = path.leaf();
		if (CertificateExtensions.isCa(leaf)) {
			return denied(leaf, "its basic constraints");
		}
		if (CertificateExtensions.keyUsage(leaf).filter((usage) -> usage.hasUsages(KeyUsage.keyCertSign)).isPresent()) {
			return denied(leaf, "keyCertSign in its key usage");
		}
		return Optional.empty();
	}

	private static Optional<Decision.Deny> denied(X509Certificate leaf, String cause) {
		return Optional
			.of(new Decision.Deny(Reason.LEAF_IS_CA, "the peer's own certificate %s is a CA certificate by %s"
				.formatted(CertificateName.ofSubject(leaf), cause)));
	}

}
