package dev.mtls.decision;

/**
 * Makes text that a peer may have chosen safe to print: bounded in length, and free of
 * control characters, line breaks and characters that change the direction of text.
 */
public final class PrintableText {

	/**
	 * The length, in characters, to which {@link #of(String)} shortens.
	 */
	public static final int MAX_LENGTH = 1024;

	private PrintableText() {
	}

	/**
	 * Return the text with everything but printable characters written as
	 * <code>&#92;u</code> and four hexadecimal digits, a backslash doubled so that the
	 * result is unambiguous, shortened to {@value #MAX_LENGTH} characters.
	 * @param text the text
	 * @return the printable text
	 */
	public static String of(String text) {
		return of(text, MAX_LENGTH);
	}

	/**
	 * Return the text as {@link #of(String)} does, shortened to the given length.
	 * @param text the text
	 * @param maxLength the number of characters after which {@code …} ends the text
	 * @return the printable text
	 */
	public static String of(String text, int maxLength) {
		if (text.length() <= maxLength && text.chars().allMatch(PrintableText::isPlain)) {
			return text;
		}
		StringBuilder printable = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			String next = printable(text.charAt(i));
			if (printable.length() + next.length() > maxLength - 1) {
				return printable.append('…').toString();
			}
			printable.append(next);
		}
		return printable.toString();
	}

	private static String printable(char character) {
		if (isPlain(character)) {
			return String.valueOf(character);
		}
		return (character == '\\') ? "\\\\" : "\\u%04x".formatted((int) character);
	}

	private static boolean isPlain(int character) {
		if (character < 0x7f) {
			return character >= 0x20 && character != '\\';
		}
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
					Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
				false;
			default -> true;
		};
	}

}
