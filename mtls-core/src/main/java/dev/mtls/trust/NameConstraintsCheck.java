package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The names of every certificate keep to the name constraints of all CAs above it, the
 * anchor included (RFC 5280, section 6.1.3 (b) and (c)). The JDK does not look at the
 * anchor's and takes malformed ones for none. Only CAs have name constraints.
 */
final class NameConstraintsCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		X509Certificate leaf = path.leaf();
		if (CertificateExtensions.nameConstraints(leaf).isPresent()) {
			return Optional.of(new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
					"the peer's own certificate %s holds name constraints, which are for CA certificates only"
						.formatted(CertificateName.ofSubject(leaf))));
		}
		List<X509Certificate> certificates = path.withAnchor().toList();
		for (int i = certificates.size() - 1; i > 0; i--) {
			Optional<NameConstraints> constraints = CertificateExtensions.nameConstraints(certificates.get(i));
			if (constraints.isPresent()) {
				Optional<Decision.Deny> denial = check(constraints.get(), certificates.get(i),
						certificates.subList(0, i));
				if (denial.isPresent()) {
					return denial;
				}
			}
		}
		return Optional.empty();
	}

	private static Optional<Decision.Deny> check(NameConstraints constraints, X509Certificate issuer,
			List<X509Certificate> below) {
		for (int i = 0; i < below.size(); i++) {
			X509Certificate certificate = below.get(i);
			// A new key or name constraint of the CA itself, unless it is the last one
			if (i > 0 && CandidatePath.isSelfIssued(certificate)) {
				continue;
			}
			for (ConstrainedName name : ConstrainedName.of(certificate)) {
				Optional<String> violation = constraints.violation(name);
				if (violation.isPresent()) {
					return Optional.of(new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
							"a name of certificate %s is %s the name constraints of %s".formatted(
									CertificateName.ofSubject(certificate), violation.get(),
									CertificateName.ofSubject(issuer))));
				}
			}
		}
		return Optional.empty();
	}

}
