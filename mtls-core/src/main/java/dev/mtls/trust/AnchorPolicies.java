package dev.mtls.trust;

import java.math.BigInteger;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.bouncycastle.asn1.x509.PolicyConstraints;

/**
 * What path validation begins with as to policies (RFC 5280, section 6.1.1): what is
 * required here, and what the anchor's own certificate says, as RFC 5937 takes it over.
 *
 * @param initial the policies of which one must be asserted, or empty for any
 * @param possible whether the required policies and those of the anchor have one in
 * common
 * @param explicit whether the path must assert a policy
 * @param mappingInhibited whether no CA may map policies
 * @param anyInhibited whether {@code anyPolicy} counts for nothing
 */
record AnchorPolicies(Set<String> initial, boolean possible, boolean explicit, boolean mappingInhibited,
		boolean anyInhibited) {

	AnchorPolicies {
		initial = Set.copyOf(initial);
	}

	static AnchorPolicies of(CandidatePath path, RequiredPolicies required) {
		X509Certificate anchor = path.anchor();
		Set<String> own = new HashSet<>(CertificateExtensions.policies(anchor));
		Set<String> initial = new HashSet<>(required.identifiers());
		boolean restricts = !own.isEmpty() && !own.contains(RequiredPolicies.ANY_POLICY);
		if (restricts && initial.isEmpty()) {
			initial.addAll(own);
		}
		else if (restricts) {
			initial.retainAll(own);
		}
		boolean possible = required.identifiers().isEmpty() || !initial.isEmpty();
		addMapped(initial, CertificateExtensions.policyMappings(anchor));
		Optional<PolicyConstraints> constraints = CertificateExtensions.policyConstraints(anchor);
		boolean explicit = !required.identifiers().isEmpty()
				|| constraints.map(PolicyConstraints::getRequireExplicitPolicyMapping)
					.filter((skipped) -> isReached(skipped, path))
					.isPresent();
		return new AnchorPolicies(initial, possible, explicit,
				constraints.map(PolicyConstraints::getInhibitPolicyMapping).filter(AnchorPolicies::isZero).isPresent(),
				CertificateExtensions.inhibitAnyPolicy(anchor).filter(AnchorPolicies::isZero).isPresent());
	}

	void applyTo(PKIXParameters parameters) {
		parameters.setInitialPolicies(this.initial);
		parameters.setExplicitPolicyRequired(this.explicit);
		parameters.setPolicyMappingInhibited(this.mappingInhibited);
		parameters.setAnyPolicyInhibited(this.anyInhibited);
	}

	private static void addMapped(Set<String> initial, List<CertificateExtensions.PolicyMapping> mappings) {
		Set<String> mapped = new HashSet<>();
		for (CertificateExtensions.PolicyMapping mapping : mappings) {
			if (initial.contains(mapping.issuerDomainPolicy())) {
				mapped.add(mapping.subjectDomainPolicy());
			}
		}
		initial.addAll(mapped);
	}

	// RFC 5280, sections 6.1.4 (h) and 6.1.5 (a): each certificate that is not
	// self-issued
	// counts down, and so does the last one
	private static boolean isReached(BigInteger skipped, CandidatePath path) {
		long count = path.intermediates().filter((issuer) -> !CandidatePath.isSelfIssued(issuer)).count() + 1;
		return skipped.compareTo(BigInteger.valueOf(count)) <= 0;
	}

	private static boolean isZero(BigInteger skipped) {
		return skipped.signum() == 0;
	}

}
