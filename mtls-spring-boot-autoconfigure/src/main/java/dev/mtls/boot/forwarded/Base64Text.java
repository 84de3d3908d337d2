package dev.mtls.boot.forwarded;

import java.util.Base64;

/**
 * Base64 text of a header field.
 */
final class Base64Text {

	private Base64Text() {
	}

	/**
	 * Decode Base64 (RFC 4648, section 4). Nothing of another alphabet is skipped;
	 * padding may be missing (RFC 8941, section 4.2.7).
	 * @param text the text
	 * @return the bytes
	 * @throws MalformedFieldException if it is no Base64
	 */
	static byte[] decode(String text) throws MalformedFieldException {
		try {
			return Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			throw new MalformedFieldException("there is something else than Base64");
		}
	}

}
