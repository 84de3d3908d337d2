package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.util.Optional;

import org.bouncycastle.asn1.x509.KeyPurposeId;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Where a certificate of the path, the anchor included, has an extended key usage, it
 * holds the purpose of the peer's role or any purpose (RFC 5280, section 4.2.1.12).
 */
final class ExtendedKeyUsageCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return path.withAnchor()
			.filter((certificate) -> !allows(certificate, path.role()))
			.map((certificate) -> new Decision.Deny(Reason.KEY_USAGE_WRONG,
					"extended key usage of certificate %s does not hold %s"
						.formatted(CertificateName.ofSubject(certificate), path.role().purpose())))
			.findFirst();
	}

	private static boolean allows(X509Certificate certificate, PeerRole role) {
		return CertificateExtensions.extendedKeyUsage(certificate)
			.map((usage) -> usage.hasKeyPurposeId(purpose(role))
					|| usage.hasKeyPurposeId(KeyPurposeId.anyExtendedKeyUsage))
			.orElse(true);
	}

	private static KeyPurposeId purpose(PeerRole role) {
		return switch (role) {
			case CLIENT -> KeyPurposeId.id_kp_clientAuth;
			case SERVER -> KeyPurposeId.id_kp_serverAuth;
		};
	}

}
