package dev.mtls.identity;

import dev.mtls.decision.PrintableText;

/**
 * A rule for an attribute of the subject. It compares exactly, including case: two
 * spellings of a name are two names.
 *
 * @param attribute the attribute
 * @param value its value
 */
record SubjectPattern(Attribute attribute, String value) implements IdentityPattern {

	static SubjectPattern parse(String rule, Attribute attribute, String value) {
		if (value.indexOf('*') != -1) {
			throw RuleSyntax.invalid(rule, "'*' is no wildcard in a %s: rule".formatted(attribute),
					"Write each name in full");
		}
		if (!value.strip().equals(value)) {
			throw RuleSyntax.invalid(rule, "The name starts with white space", "Remove the white space");
		}
		if (!isPrintable(value)) {
			throw RuleSyntax.invalid(rule, "The name holds a character that cannot be printed",
					"Write the name in printable characters");
		}
		return new SubjectPattern(attribute, value);
	}

	private static boolean isPrintable(String value) {
		String text = value.replace("\\", "");
		return PrintableText.of(text, text.length()).equals(text);
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		return switch (this.attribute) {
			case CN -> this.value.equals(peer.commonName());
			case OU -> peer.organizationalUnits().contains(this.value);
		};
	}

	@Override
	public String toString() {
		return this.attribute + ":" + this.value;
	}

	/**
	 * An attribute that there are rules for.
	 */
	enum Attribute {

		CN("cn"), OU("ou");

		private final String type;

		Attribute(String type) {
			this.type = type;
		}

		@Override
		public String toString() {
			return this.type;
		}

	}

}
