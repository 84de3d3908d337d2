package dev.mtls.identity;

import dev.mtls.decision.Reason;

/**
 * A rule for a DNS name. {@code *.com} is a valid rule: who writes it knows what the CA
 * issues below {@code .internal} or {@code .com}, and this side has no list of public
 * suffixes.
 *
 * @param name the name in lower case, without the {@code *.} of a wildcard
 * @param wildcard whether exactly one more label stands to the left of the name
 */
record DnsPattern(String name, boolean wildcard) implements IdentityPattern {

	private static final String WILDCARD = "*.";

	static DnsPattern parse(String rule, String value) {
		boolean wildcard = value.startsWith(WILDCARD);
		String name = wildcard ? value.substring(WILDCARD.length()) : value;
		if (value.equals("*")) {
			throw RuleSyntax.invalid(rule, "'*' alone would allow every name",
					"Write the names, or leave the rules unset to allow every trusted certificate");
		}
		if (name.indexOf('*') != -1) {
			throw RuleSyntax.invalid(rule, "'*' stands for something else than the whole left-most label",
					"Write a rule such as dns:*.example.com");
		}
		if (IpLiteral.parse(name) != null) {
			throw RuleSyntax.invalid(rule, "It is an IP address, not a DNS name", "Write ip:" + name);
		}
		return new DnsPattern(DomainName.canonical(Reason.RULE_INVALID, rule, name), wildcard);
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		for (String presented : peer.dnsNames()) {
			if (matches(presented)) {
				return true;
			}
		}
		return false;
	}

	private boolean matches(String presented) {
		int start = presented.length() - this.name.length();
		if (!presented.regionMatches(true, start, this.name, 0, this.name.length())) {
			return false;
		}
		return this.wildcard ? isOneLabelBefore(presented, start) : start == 0;
	}

	private static boolean isOneLabelBefore(String presented, int start) {
		return start > 0 && presented.charAt(start - 1) == '.' && DomainName.isLabel(presented, 0, start - 1);
	}

	@Override
	public String toString() {
		return "dns:" + (this.wildcard ? WILDCARD : "") + this.name;
	}

}
