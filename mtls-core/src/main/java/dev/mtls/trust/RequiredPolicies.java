package dev.mtls.trust;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Certificate policies of which a path must assert one (RFC 5280, section 4.2.1.4),
 * besides every other rule: the initial policies of its section 6.1.1, with an explicit
 * policy required.
 *
 * @param identifiers the object identifiers in dotted decimal form, none of which means
 * that no policy is required
 */
public record RequiredPolicies(Set<String> identifiers) {

	/**
	 * No policy is required.
	 */
	public static final RequiredPolicies NONE = new RequiredPolicies(Set.of());

	static final String ANY_POLICY = "2.5.29.32.0";

	private static final int MAX_LENGTH = 255;

	// ITU-T X.660: the second number is below 40 under the first two roots
	private static final Pattern IDENTIFIER = Pattern
		.compile("(?:[01]\\.(?:[0-9]|[1-3][0-9])|2\\.(?:0|[1-9][0-9]*))(?:\\.(?:0|[1-9][0-9]*))*");

	/**
	 * Create required policies with a copy of the identifiers.
	 */
	public RequiredPolicies {
		identifiers = Set.copyOf(identifiers);
	}

	/**
	 * Parse required policies.
	 * @param identifiers the object identifiers, such as {@code 1.3.6.1.4.1.99999.1}
	 * @return the policies
	 * @throws MtlsException with {@link Reason#RULE_INVALID} if one of them is no object
	 * identifier or is {@code anyPolicy}, with {@link Reason#RULES_EMPTY} if there is
	 * none
	 */
	public static RequiredPolicies parse(Collection<String> identifiers) {
		if (identifiers.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, "required policies", "it is set but holds no policy",
					"add the object identifier of a policy, or remove the property");
		}
		Set<String> parsed = new LinkedHashSet<>();
		for (String identifier : identifiers) {
			parsed.add(checked(identifier.strip()));
		}
		return new RequiredPolicies(parsed);
	}

	private static String checked(String identifier) {
		if (identifier.length() > MAX_LENGTH || !IDENTIFIER.matcher(identifier).matches()) {
			throw invalid(identifier, "it is no object identifier");
		}
		if (identifier.equals(ANY_POLICY)) {
			throw invalid(identifier, "it is anyPolicy, which would require nothing");
		}
		return identifier;
	}

	private static MtlsException invalid(String identifier, String problem) {
		return new MtlsException(Reason.RULE_INVALID, "'%s'".formatted(identifier), problem,
				"write the object identifier of a certificate policy, such as 1.3.6.1.4.1.99999.1");
	}

}
