package dev.mtls.trust;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The anchor's own certificate is one that may issue this path. RFC 5280 leaves an anchor
 * out of the validation, and so does the JDK, so that its limit on the length of paths
 * and its critical extensions would count for nothing.
 */
final class AnchorCheck implements PathCheck {

	private static final Set<String> KNOWN_EXTENSIONS = Set.of(Extension.basicConstraints.getId(),
			Extension.keyUsage.getId(), Extension.extendedKeyUsage.getId(), Extension.subjectAlternativeName.getId(),
			Extension.nameConstraints.getId(), Extension.certificatePolicies.getId(), Extension.policyMappings.getId(),
			Extension.policyConstraints.getId(), Extension.inhibitAnyPolicy.getId());

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		X509Certificate anchor = path.anchor();
		Set<String> critical = Optional.ofNullable(anchor.getCriticalExtensionOIDs()).orElse(Set.of());
		for (String extension : critical) {
			if (!KNOWN_EXTENSIONS.contains(extension)) {
				return denied(anchor, "has the critical extension %s, which is not known".formatted(extension));
			}
		}
		Optional<BasicConstraints> constraints = CertificateExtensions.basicConstraints(anchor);
		// RFC 5280, section 4.2.1.9
		if (constraints.isPresent() && constraints.get().isCA()
				&& !critical.contains(Extension.basicConstraints.getId())) {
			return denied(anchor, "is a CA certificate whose basic constraints are not critical");
		}
		BigInteger limit = constraints.map(BasicConstraints::getPathLenConstraint).orElse(null);
		long length = path.intermediates().filter((issuer) -> !CandidatePath.isSelfIssued(issuer)).count();
		if (limit != null && limit.compareTo(BigInteger.valueOf(length)) < 0) {
			return denied(anchor, "allows %s intermediate CAs below it, but the path has %d".formatted(limit, length));
		}
		return Optional.empty();
	}

	private static Optional<Decision.Deny> denied(X509Certificate anchor, String problem) {
		return Optional.of(new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
				"the trusted certificate %s %s".formatted(CertificateName.ofSubject(anchor), problem)));
	}

}
