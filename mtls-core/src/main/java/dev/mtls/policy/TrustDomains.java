package dev.mtls.policy;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.IdentityPattern;

/**
 * SPIFFE trust domains in rules. A CA of one trust domain must not make up names of
 * another (SPIFFE, X509-SVID, section 5.2).
 */
final class TrustDomains {

	private TrustDomains() {
	}

	/**
	 * Whether a rule may count for a peer.
	 * @param rule the rule, which matches the peer's identity
	 * @param trustDomains the trust domains that the peer's anchor is for, or
	 * {@code null} if it is for all
	 * @return {@code false} if the rule is about another trust domain
	 */
	static boolean allow(IdentityPattern rule, @Nullable Set<String> trustDomains) {
		return trustDomains == null || rule.spiffeTrustDomain().map(trustDomains::contains).orElse(true);
	}

	static Set<String> of(Stream<IdentityPattern> rules) {
		return rules.map(IdentityPattern::spiffeTrustDomain)
			.flatMap(Optional::stream)
			.collect(Collectors.toUnmodifiableSet());
	}

}
