package dev.mtls.identity;

import java.util.List;
import java.util.Locale;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Takes a rule apart into its type and value.
 */
final class RuleSyntax {

	private static final int MAX_LENGTH = 4096;

	private static final List<String> TYPES = List.of("dns:", "spiffe:", "uri:", "cn:", "ou:", "email:", "ip:",
			"sha256:", "spki-sha256:");

	private RuleSyntax() {
	}

	static IdentityPattern parse(String rule) {
		checkText(rule);
		if (IpLiteral.parse(rule) != null) {
			throw invalid(rule, "It is an IP address, not a DNS name",
					"Write ip:%s for a certificate that names this address; addresses that peers connect from are no names"
						.formatted(rule));
		}
		int colon = rule.indexOf(':');
		if (colon == -1) {
			return DnsPattern.parse(rule, rule);
		}
		String value = rule.substring(colon + 1);
		if (value.isEmpty()) {
			throw invalid(rule, "Nothing follows the colon", "Write the name, or remove the rule");
		}
		return switch (rule.substring(0, colon)) {
			case "dns" -> DnsPattern.parse(rule, value);
			case "spiffe" -> SpiffePattern.parse(rule);
			case "uri" -> UriPattern.parse(rule, value);
			case "cn" -> SubjectPattern.parse(rule, SubjectPattern.Attribute.CN, value);
			case "ou" -> SubjectPattern.parse(rule, SubjectPattern.Attribute.OU, value);
			case "email" -> EmailPattern.parse(rule, value);
			case "ip" -> IpPattern.parse(rule, value);
			case "sha256" -> DigestPattern.parse(rule, DigestPattern.Subject.CERTIFICATE, value);
			case "spki-sha256" -> DigestPattern.parse(rule, DigestPattern.Subject.KEY, value);
			default -> throw unknownType(rule, rule.substring(0, colon));
		};
	}

	static MtlsException invalid(String rule, String problem, String fix) {
		return new MtlsException(Reason.RULE_INVALID, rule, problem, fix);
	}

	private static void checkText(String rule) {
		if (rule.isBlank()) {
			throw invalid("(empty rule)", "A rule is empty", "Write a rule such as dns:api.example.com, or remove it");
		}
		if (rule.length() > MAX_LENGTH) {
			throw invalid(rule, "It is longer than %d characters".formatted(MAX_LENGTH), "Write a shorter rule");
		}
		if (!rule.strip().equals(rule)) {
			throw invalid(rule, "It starts or ends with white space", "Remove the white space");
		}
	}

	private static MtlsException unknownType(String rule, String type) {
		String lowerCase = type.toLowerCase(Locale.ROOT) + ":";
		if (TYPES.contains(lowerCase)) {
			return invalid(rule, "The type is not in lower case", "Write " + lowerCase);
		}
		return invalid(rule, "There is no type of rule '%s:'".formatted(type),
				"Use one of %s; a port is no part of a name".formatted(String.join(", ", TYPES)));
	}

}
