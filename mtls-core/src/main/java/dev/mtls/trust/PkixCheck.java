package dev.mtls.trust;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The path holds by the JDK's own validation (RFC 5280, section 6.1), without revocation.
 */
final class PkixCheck implements PathCheck {

	private static final Map<CertPathValidatorException.Reason, Reason> REASONS = Map.of(BasicReason.EXPIRED,
			Reason.CERTIFICATE_EXPIRED, BasicReason.NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID,
			BasicReason.INVALID_SIGNATURE, Reason.SIGNATURE_INVALID, BasicReason.ALGORITHM_CONSTRAINED,
			Reason.ALGORITHM_WEAK, PKIXReason.NO_TRUST_ANCHOR, Reason.ISSUER_UNKNOWN, PKIXReason.NAME_CHAINING,
			Reason.ISSUER_UNKNOWN, PKIXReason.INVALID_KEY_USAGE, Reason.KEY_USAGE_WRONG);

	private final PathCheck keyStrength = new KeyStrengthCheck();

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		try {
			CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path.certificates());
			CertPathValidator.getInstance("PKIX").validate(certificates, parameters(path));
			return Optional.empty();
		}
		catch (CertPathValidatorException ex) {
			return Optional.of(denial(path, ex));
		}
		catch (CertificateException ex) {
			throw new IllegalArgumentException(
					"the path to %s cannot be encoded".formatted(CertificateName.ofSubject(path.leaf())), ex);
		}
		catch (GeneralSecurityException ex) {
			return Optional.of(new Decision.Deny(Reason.INTERNAL, "path validation is not available: " + ex));
		}
	}

	private static PKIXParameters parameters(CandidatePath path) throws GeneralSecurityException {
		PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.anchor(), null)));
		parameters.setDate(Date.from(path.now()));
		parameters.setRevocationEnabled(false);
		return parameters;
	}

	private Decision.Deny denial(CandidatePath path, CertPathValidatorException ex) {
		List<X509Certificate> certificates = path.certificates();
		int index = (ex.getIndex() >= 0) ? ex.getIndex() : certificates.size() - 1;
		X509Certificate issuer = (index + 1 < certificates.size()) ? certificates.get(index + 1) : path.anchor();
		Reason reason = reason(path, ex);
		String problem = switch (reason) {
			case SIGNATURE_INVALID -> "is not signed with the key of its issuer " + CertificateName.ofSubject(issuer);
			case ISSUER_UNKNOWN ->
				"was issued with another key than that of the trusted certificate " + CertificateName.ofSubject(issuer);
			default -> "fails path validation: " + ex.getMessage();
		};
		return new Decision.Deny(reason,
				"certificate %s %s".formatted(CertificateName.ofSubject(certificates.get(index)), problem));
	}

	private Reason reason(CandidatePath path, CertPathValidatorException ex) {
		if (ex.getReason() != BasicReason.UNSPECIFIED) {
			return REASONS.getOrDefault(ex.getReason(), Reason.CONSTRAINT_VIOLATED);
		}
		if (ex.getCause() instanceof NoSuchAlgorithmException) {
			return Reason.ALGORITHM_WEAK;
		}
		if (ex.getCause() instanceof InvalidKeyException) {
			// A key that the JDK cannot use at all, or one of another kind than the
			// signature
			return this.keyStrength.check(path).map(Decision.Deny::reason).orElse(Reason.SIGNATURE_INVALID);
		}
		return Reason.CONSTRAINT_VIOLATED;
	}

}
