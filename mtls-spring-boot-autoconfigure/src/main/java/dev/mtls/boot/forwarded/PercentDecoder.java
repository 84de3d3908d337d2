package dev.mtls.boot.forwarded;

/**
 * Decodes percent-encoded text (RFC 3986, section 2.1). A plus is a plus: only forms
 * write a space so, and it is a character of Base64, which some proxies leave as it is.
 */
final class PercentDecoder {

	private static final int RADIX = 16;

	private PercentDecoder() {
	}

	static String decode(String encoded) throws MalformedFieldException {
		StringBuilder decoded = new StringBuilder(encoded.length());
		int position = 0;
		while (position < encoded.length()) {
			char character = encoded.charAt(position);
			position++;
			if (character != '%') {
				decoded.append(character);
				continue;
			}
			if (position + 2 > encoded.length()) {
				throw new MalformedFieldException("a percent-encoding is cut short");
			}
			decoded.append((char) (digit(encoded, position) * RADIX + digit(encoded, position + 1)));
			position += 2;
		}
		return decoded.toString();
	}

	private static int digit(String encoded, int position) throws MalformedFieldException {
		char character = encoded.charAt(position);
		// Digits of other scripts are digits to Character as well
		int digit = (character < 0x80) ? Character.digit(character, RADIX) : -1;
		if (digit < 0) {
			throw new MalformedFieldException("a percent-encoding is not hexadecimal");
		}
		return digit;
	}

}
