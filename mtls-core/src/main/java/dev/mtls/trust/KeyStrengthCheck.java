package dev.mtls.trust;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Every key of the path, the anchor's included, is strong enough: RSA of at least 2048
 * bits in whole bytes, EC on a curve of at least 256 bits, or EdDSA.
 */
final class KeyStrengthCheck implements PathCheck {

	private static final int MIN_RSA_BITS = 2048;

	private static final int MIN_EC_BITS = 256;

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return path.withAnchor().map(this::check).flatMap(Optional::stream).findFirst();
	}

	Optional<Decision.Deny> check(X509Certificate certificate) {
		return weakness(certificate.getPublicKey()).map((weakness) -> new Decision.Deny(Reason.ALGORITHM_WEAK,
				"certificate %s has %s".formatted(CertificateName.ofSubject(certificate), weakness)));
	}

	private static Optional<String> weakness(PublicKey key) {
		if (key instanceof RSAPublicKey rsa) {
			int bits = rsa.getModulus().bitLength();
			return (bits >= MIN_RSA_BITS && bits % Byte.SIZE == 0) ? Optional.empty() : Optional
				.of("an RSA key of %d bits, expected are at least %d in whole bytes".formatted(bits, MIN_RSA_BITS));
		}
		if (key instanceof ECPublicKey ec) {
			int bits = ec.getParams().getCurve().getField().getFieldSize();
			return (bits >= MIN_EC_BITS) ? Optional.empty()
					: Optional.of("an EC key of %d bits, expected are at least %d".formatted(bits, MIN_EC_BITS));
		}
		if (key instanceof EdECPublicKey) {
			return Optional.empty();
		}
		return Optional
			.of("a key (%s) that is neither RSA nor EdDSA nor EC on a supported curve".formatted(key.getAlgorithm()));
	}

}
