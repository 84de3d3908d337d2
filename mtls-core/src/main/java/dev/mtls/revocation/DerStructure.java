package dev.mtls.revocation;

/**
 * The outer form of DER, looked at before a parser that calls itself for each level gets
 * to see it: a few kilobytes of nested sequences would end its stack.
 */
final class DerStructure {

	private static final int MAX_DEPTH = 32;

	private static final int CONSTRUCTED = 0x20;

	private static final int TAG_NUMBER = 0x1f;

	private static final int MAX_LENGTH_OCTETS = 3;

	private final byte[] der;

	private int position;

	private DerStructure(byte[] der) {
		this.der = der;
	}

	/**
	 * Whether the bytes are one value of which all parts lie inside of each other, with
	 * lengths that are stated (X.690, 10.1), to a depth of at most {@value #MAX_DEPTH}.
	 * @param der the bytes
	 * @return whether they may be parsed
	 */
	static boolean isSound(byte[] der) {
		return new DerStructure(der).isOneValue();
	}

	private boolean isOneValue() {
		int[] ends = new int[MAX_DEPTH + 1];
		ends[0] = this.der.length;
		int depth = 0;
		do {
			if (ends[depth] - this.position < 2) {
				return false;
			}
			int tag = this.der[this.position++];
			int length = length();
			if ((tag & TAG_NUMBER) == TAG_NUMBER || length < 0 || length > ends[depth] - this.position) {
				return false;
			}
			if ((tag & CONSTRUCTED) == 0) {
				this.position += length;
			}
			else if (depth == MAX_DEPTH) {
				return false;
			}
			else {
				ends[++depth] = this.position + length;
			}
			while (depth > 0 && this.position == ends[depth]) {
				depth--;
			}
		}
		while (depth > 0);
		return this.position == this.der.length;
	}

	/**
	 * Read a length (X.690, 8.1.3).
	 * @return the length, or a negative number if it is indefinite, too long or cut off
	 */
	private int length() {
		int first = this.der[this.position++];
		if (first >= 0) {
			return first;
		}
		int octets = first & 0x7f;
		if (octets == 0 || octets > MAX_LENGTH_OCTETS || octets > this.der.length - this.position) {
			return -1;
		}
		int length = 0;
		for (int i = 0; i < octets; i++) {
			length = (length << 8) | (this.der[this.position++] & 0xff);
		}
		return length;
	}

}
