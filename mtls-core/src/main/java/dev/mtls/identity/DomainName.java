package dev.mtls.identity;

import java.util.Locale;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * DNS names as this side writes them: labels of letters, digits, hyphens and underscores,
 * with internationalised names as A-labels, and without a trailing dot.
 */
final class DomainName {

	private static final int MAX_LENGTH = 253;

	private static final int MAX_LABEL_LENGTH = 63;

	private DomainName() {
	}

	/**
	 * Check a name and bring it to lower case.
	 * @param reason the reason to give if it is no DNS name
	 * @param place where the name was written
	 * @param name the name
	 * @return the name in lower case
	 * @throws MtlsException if it is no DNS name
	 */
	static String canonical(Reason reason, String place, String name) {
		if (name.isEmpty()) {
			throw new MtlsException(reason, place, "The DNS name is empty", "Write a name such as api.example.com");
		}
		if (!name.chars().allMatch((character) -> character < 0x80)) {
			throw new MtlsException(reason, place, "The DNS name holds a character that is not ASCII",
					"Write the A-label, which starts with xn--, as the certificate does");
		}
		if (name.endsWith(".")) {
			throw new MtlsException(reason, place, "The DNS name ends with a dot", "Remove the dot at the end");
		}
		if (name.length() > MAX_LENGTH) {
			throw new MtlsException(reason, place, "The DNS name is longer than %d characters".formatted(MAX_LENGTH),
					"Write a shorter name");
		}
		String[] labels = name.split("\\.", -1);
		for (String label : labels) {
			checkLabel(reason, place, label);
		}
		checkNotNumeric(reason, place, labels[labels.length - 1]);
		return name.toLowerCase(Locale.ROOT);
	}

	/**
	 * Whether a part of a name can be one label, as far as its length and characters go.
	 * @param name the name
	 * @param start the index of the first character
	 * @param end the index after the last character
	 * @return {@code true} if it can be
	 */
	static boolean isLabel(String name, int start, int end) {
		if (end <= start || end - start > MAX_LABEL_LENGTH) {
			return false;
		}
		for (int i = start; i < end; i++) {
			if (!isLabelCharacter(name.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	static boolean isLabelCharacter(int character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || character == '-' || character == '_';
	}

	private static void checkLabel(Reason reason, String place, String label) {
		if (label.isEmpty()) {
			throw new MtlsException(reason, place, "The DNS name has an empty label", "Remove the superfluous dot");
		}
		if (label.length() > MAX_LABEL_LENGTH) {
			throw new MtlsException(reason, place,
					"The DNS name has a label of more than %d characters".formatted(MAX_LABEL_LENGTH),
					"Write a shorter label");
		}
		if (label.startsWith("-") || label.endsWith("-")) {
			throw new MtlsException(reason, place, "The DNS name has a label that starts or ends with a hyphen",
					"Remove the hyphen");
		}
		if (!isLabel(label, 0, label.length())) {
			throw new MtlsException(reason, place,
					"The DNS name holds a character other than letters, digits, '-', '_' and '.'",
					"Write a name such as api.example.com");
		}
	}

	private static void checkNotNumeric(Reason reason, String place, String label) {
		// Some resolvers take such a name for an IPv4 address, as in 127.1 or 0x7f000001
		if (label.matches("[0-9]+|0[xX][0-9a-fA-F]*")) {
			throw new MtlsException(reason, place, "The last label of the DNS name is a number",
					"Write a name, or an IPv4 address as four decimal numbers without leading zeros");
		}
	}

}
