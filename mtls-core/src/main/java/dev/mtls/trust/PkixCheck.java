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
			BasicReason.ALGORITHM_CONSTRAINED, Reason.ALGORITHM_WEAK, PKIXReason.NO_TRUST_ANCHOR, Reason.ISSUER_UNKNOWN,
			PKIXReason.NAME_CHAINING, Reason.ISSUER_UNKNOWN, PKIXReason.INVALID_KEY_USAGE, Reason.KEY_USAGE_WRONG);

	private final KeyStrengthCheck keyStrength = new KeyStrengthCheck();

	private final RequiredPolicies policies;

	PkixCheck(RequiredPolicies policies) {
		this.policies = policies;
	}

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		AnchorPolicies initial = AnchorPolicies.of(path, this.policies);
		if (!initial.possible()) {
			return Optional.of(new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
					"the trusted certificate %s is for none of the required policies %s"
						.formatted(CertificateName.ofSubject(path.anchor()), this.policies.identifiers())));
		}
		try {
			CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path.certificates());
			CertPathValidator.getInstance("PKIX").validate(certificates, parameters(path, initial));
			return Optional.empty();
		}
		catch (CertPathValidatorException ex) {
			return Optional.of(denial(path, ex));
		}
		catch (CertificateException ex) {
			throw new IllegalArgumentException(
					"the path to %s cannot be encoded".formatted(CertificateName.ofSubject(path.leaf())), ex);
		}
		catch (UnsupportedOperationException | NullPointerException ex) {
			// Of the JDK's name constraints, where it cannot compare a name with them
			return Optional.of(new Decision.Deny(Reason.CONSTRAINT_VIOLATED,
					"the names in the path to certificate %s cannot be compared with its name constraints"
						.formatted(CertificateName.ofSubject(path.leaf()))));
		}
		catch (GeneralSecurityException ex) {
			return Optional.of(new Decision.Deny(Reason.INTERNAL, "path validation is not available: " + ex));
		}
	}

	private static PKIXParameters parameters(CandidatePath path, AnchorPolicies policies)
			throws GeneralSecurityException {
		PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.anchor(), null)));
		parameters.setDate(Date.from(path.now()));
		parameters.setRevocationEnabled(false);
		policies.applyTo(parameters);
		return parameters;
	}

	private Decision.Deny denial(CandidatePath path, CertPathValidatorException ex) {
		List<X509Certificate> certificates = path.certificates();
		int index = (ex.getIndex() >= 0) ? ex.getIndex() : certificates.size() - 1;
		X509Certificate issuer = (index + 1 < certificates.size()) ? certificates.get(index + 1) : path.anchor();
		Reason reason = reason(ex, issuer);
		String problem = switch (reason) {
			case SIGNATURE_INVALID -> "is not signed with the key of its issuer " + CertificateName.ofSubject(issuer);
			case ISSUER_UNKNOWN ->
				"was issued with another key than that of the trusted certificate " + CertificateName.ofSubject(issuer);
			default -> "fails path validation: " + ex.getMessage() + policyHint(ex);
		};
		return new Decision.Deny(reason,
				"certificate %s %s".formatted(CertificateName.ofSubject(certificates.get(index)), problem));
	}

	private String policyHint(CertPathValidatorException ex) {
		return (ex.getReason() == PKIXReason.INVALID_POLICY && !this.policies.identifiers().isEmpty())
				? "; one of the policies %s is required".formatted(this.policies.identifiers()) : "";
	}

	private Reason reason(CertPathValidatorException ex, X509Certificate issuer) {
		if (ex.getReason() == BasicReason.INVALID_SIGNATURE || ex.getCause() instanceof InvalidKeyException) {
			// Nor does a signature verify with a key that the JDK has ceased to support
			return this.keyStrength.check(issuer).isPresent() ? Reason.ALGORITHM_WEAK : Reason.SIGNATURE_INVALID;
		}
		if (ex.getCause() instanceof NoSuchAlgorithmException) {
			return Reason.ALGORITHM_WEAK;
		}
		return REASONS.getOrDefault(ex.getReason(), Reason.CONSTRAINT_VIOLATED);
	}

}
