package dev.mtls.boot.forwarded;

/**
 * Certificates as percent-encoded PEM in the strict form of RFC 7468, section 3: no text
 * before, between or after the blocks, no other blocks, no headers.
 */
final class EscapedPem {

	private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";

	private static final String END = "-----END CERTIFICATE-----";

	private EscapedPem() {
	}

	/**
	 * Read the certificates.
	 * @param escaped the percent-encoded text
	 * @return one certificate or more
	 * @throws MalformedFieldException if the text is not of this form, or exceeds a bound
	 */
	static DerCertificates read(String escaped) throws MalformedFieldException {
		String text = PercentDecoder.decode(escaped).replace("\r\n", "\n");
		DerCertificates certificates = new DerCertificates();
		int position = 0;
		do {
			int end = endOfBlock(text, position);
			certificates.add(decode(text.substring(position + BEGIN.length(), end)));
			position = afterLine(text, end + END.length());
		}
		while (position < text.length());
		return certificates;
	}

	private static int endOfBlock(String text, int position) throws MalformedFieldException {
		if (!text.startsWith(BEGIN, position)) {
			throw new MalformedFieldException("there is something else than a CERTIFICATE block of PEM");
		}
		int end = text.indexOf('\n' + END, position + BEGIN.length());
		if (end < 0) {
			throw new MalformedFieldException("a CERTIFICATE block of PEM has no end");
		}
		return end + 1;
	}

	private static int afterLine(String text, int position) throws MalformedFieldException {
		if (position == text.length()) {
			return position;
		}
		if (text.charAt(position) != '\n') {
			throw new MalformedFieldException("something follows the end of a CERTIFICATE block of PEM");
		}
		return position + 1;
	}

	private static byte[] decode(String lines) throws MalformedFieldException {
		return Base64Text.decode(lines.replace("\n", ""));
	}

}
