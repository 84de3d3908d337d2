package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;

/**
 * Every certificate of the path, the anchor included, can be read: its names, and each
 * extension that path validation looks at, critical or not.
 */
final class FormCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		List<X509Certificate> certificates = path.withAnchor().toList();
		for (X509Certificate certificate : certificates) {
			try {
				PeerIdentity.of(certificate);
				CertificateExtensions.parseAll(certificate);
			}
			catch (MtlsException ex) {
				return Optional.of(new Decision.Deny(ex.reason(),
						"certificate %s: %s".formatted(CertificateName.ofSubject(certificate), ex.problem())));
			}
			catch (IllegalArgumentException ex) {
				return Optional.of(new Decision.Deny(Reason.CERTIFICATE_MALFORMED,
						Optional.ofNullable(ex.getMessage()).orElse("a certificate of the path cannot be read")));
			}
		}
		return Optional.empty();
	}

}
