package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Every certificate that issued another one of the path is a CA by its basic constraints
 * (RFC 5280, section 6.1.4 (k)). A version 1 certificate cannot say so, and issues only
 * where it is the anchor itself.
 */
final class IssuerIsCaCheck implements PathCheck {

	private static final int VERSION_WITH_EXTENSIONS = 3;

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return path.issuers()
			.filter((issuer) -> !mayIssue(issuer, path.anchor()))
			.map((issuer) -> new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
					"certificate %s issued another certificate but is no CA certificate (version %d)"
						.formatted(CertificateName.ofSubject(issuer), issuer.getVersion())))
			.findFirst();
	}

	private static boolean mayIssue(X509Certificate issuer, X509Certificate anchor) {
		if (issuer.getVersion() < VERSION_WITH_EXTENSIONS) {
			return issuer.equals(anchor);
		}
		return CertificateExtensions.isCa(issuer);
	}

}
