package dev.mtls.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;

/**
 * Which authorities a peer has by its identity.
 *
 * @param rules the rules; a peer has the authorities of every rule that matches it
 */
public record AuthorityRules(List<Rule> rules) {

	/**
	 * No rules: no peer has any authority.
	 */
	public static final AuthorityRules NONE = new AuthorityRules(List.of());

	/**
	 * Create rules with a copy of the list.
	 */
	public AuthorityRules {
		rules = List.copyOf(rules);
	}

	/**
	 * Parse rules.
	 * @param lines the rules, each an identity pattern, {@code =}, and authorities with
	 * commas between them; a line without {@code =} goes on with the authorities of the
	 * line before, as when a list is split at its commas
	 * @return the rules
	 * @throws MtlsException with {@link Reason#RULE_INVALID} if a line is no rule
	 */
	public static AuthorityRules parse(Collection<String> lines) {
		List<String> whole = new ArrayList<>();
		for (String line : lines) {
			if (line.contains("=") || whole.isEmpty()) {
				whole.add(line);
			}
			else {
				whole.set(whole.size() - 1, whole.get(whole.size() - 1) + "," + line);
			}
		}
		return new AuthorityRules(whole.stream().map(Rule::parse).toList());
	}

	/**
	 * The authorities of a peer, where every anchor is for all SPIFFE trust domains.
	 * @param peer the identity
	 * @return the authorities in the order of the rules
	 */
	public Set<String> authoritiesOf(PeerIdentity peer) {
		return authoritiesOf(peer, null);
	}

	/**
	 * The authorities of a peer.
	 * @param peer the identity
	 * @param trustDomains the SPIFFE trust domains that the peer's anchor is for, or
	 * {@code null} if it is for all
	 * @return the authorities in the order of the rules
	 */
	public Set<String> authoritiesOf(PeerIdentity peer, @Nullable Set<String> trustDomains) {
		Set<String> authorities = new LinkedHashSet<>();
		for (Rule rule : this.rules) {
			if (rule.pattern().matches(peer) && TrustDomains.allow(rule.pattern(), trustDomains)) {
				authorities.addAll(rule.authorities());
			}
		}
		return authorities;
	}

	/**
	 * The SPIFFE trust domains that the rules are about.
	 * @return the trust domains
	 */
	public Set<String> trustDomains() {
		return TrustDomains.of(this.rules.stream().map(Rule::pattern));
	}

	/**
	 * The authorities of the peers that a pattern matches.
	 *
	 * @param pattern the pattern
	 * @param authorities the authorities
	 */
	public record Rule(IdentityPattern pattern, List<String> authorities) {

		/**
		 * Create a rule with a copy of the authorities.
		 */
		public Rule {
			authorities = List.copyOf(authorities);
		}

		// The last equals sign, since a URI may hold one itself and an authority does not
		private static Rule parse(String line) {
			int equals = line.lastIndexOf('=');
			if (equals < 0) {
				throw invalid(line, "it holds no '='");
			}
			List<String> authorities = new ArrayList<>();
			for (String authority : line.substring(equals + 1).split(",", -1)) {
				if (authority.isBlank()) {
					throw invalid(line, "an authority is empty");
				}
				authorities.add(authority.strip());
			}
			return new Rule(IdentityPattern.parse(line.substring(0, equals).strip()), authorities);
		}

		private static MtlsException invalid(String line, String problem) {
			return new MtlsException(Reason.RULE_INVALID, "'%s'".formatted(line), problem,
					"write a pattern, '=' and authorities, such as spiffe://example.org/admin = ROLE_ADMIN, ROLE_USER");
		}

	}

}
