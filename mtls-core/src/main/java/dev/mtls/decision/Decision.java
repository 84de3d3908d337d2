package dev.mtls.decision;

/**
 * The answer to whether a peer gets in. A denial is a value that travels to the one place
 * that acts on it; only breakage is an exception.
 */
public sealed interface Decision {

	/**
	 * Whether the peer gets in.
	 * @return {@code true} for {@link Allow}
	 */
	default boolean isAllowed() {
		return this instanceof Allow;
	}

	/**
	 * The peer gets in.
	 *
	 * @param rule the rule that says so
	 */
	record Allow(String rule) implements Decision {

		/**
		 * Create an answer with the rule as {@linkplain PrintableText printable text}.
		 */
		public Allow {
			rule = PrintableText.of(rule);
		}

	}

	/**
	 * The peer does not get in.
	 *
	 * @param reason why
	 * @param detail what a reader needs beside the reason; bounded and escaped, so that
	 * it may quote what a peer sent
	 */
	record Deny(Reason reason, String detail) implements Decision {

		/**
		 * Create a denial with the detail as {@linkplain PrintableText printable text}.
		 */
		public Deny {
			detail = PrintableText.of(detail);
		}

	}

}
