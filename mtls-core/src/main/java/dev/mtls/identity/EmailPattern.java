package dev.mtls.identity;

import java.util.regex.Pattern;

import dev.mtls.decision.Reason;

/**
 * A rule for an e-mail address. The local part compares exactly, the domain in any case
 * (RFC 5280, section 7.5).
 *
 * @param localPart what stands before the {@code @}
 * @param domain the domain in lower case
 */
record EmailPattern(String localPart, String domain) implements IdentityPattern {

	private static final int MAX_LOCAL_PART_LENGTH = 64;

	// The Dot-string of RFC 5321, section 4.1.2, without '*', which might be read as a
	// wildcard
	private static final Pattern LOCAL_PART = Pattern
		.compile("[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+)*");

	static EmailPattern parse(String rule, String value) {
		int at = value.lastIndexOf('@');
		if (at == -1) {
			throw RuleSyntax.invalid(rule, "The e-mail address has no '@'", "Write an address such as ops@example.com");
		}
		String localPart = value.substring(0, at);
		if (value.indexOf('*') != -1) {
			throw RuleSyntax.invalid(rule, "'*' is no wildcard in an email: rule", "Write each address in full");
		}
		if (localPart.length() > MAX_LOCAL_PART_LENGTH || !LOCAL_PART.matcher(localPart).matches()) {
			throw RuleSyntax.invalid(rule, "What stands before the '@' is no local part of an e-mail address",
					"Write 1 to %d letters, digits and dots between them".formatted(MAX_LOCAL_PART_LENGTH));
		}
		return new EmailPattern(localPart, DomainName.canonical(Reason.RULE_INVALID, rule, value.substring(at + 1)));
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		for (String presented : peer.emailAddresses()) {
			if (matches(presented)) {
				return true;
			}
		}
		return false;
	}

	private boolean matches(String presented) {
		int at = this.localPart.length();
		return presented.length() == at + 1 + this.domain.length() && presented.startsWith(this.localPart)
				&& presented.charAt(at) == '@'
				&& presented.regionMatches(true, at + 1, this.domain, 0, this.domain.length());
	}

	@Override
	public String toString() {
		return "email:" + this.localPart + "@" + this.domain;
	}

}
