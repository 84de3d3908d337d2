package dev.mtls.revocation;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * Walks over the DER elements that stand side by side in a part of an array (X.690), with
 * no object per element and no recursion. What is truncated or not DER is a
 * {@link MalformedCrlException}.
 */
final class DerCursor {

	static final int BOOLEAN = 0x01;

	static final int INTEGER = 0x02;

	static final int BIT_STRING = 0x03;

	static final int OCTET_STRING = 0x04;

	static final int OBJECT_IDENTIFIER = 0x06;

	static final int ENUMERATED = 0x0a;

	static final int UTC_TIME = 0x17;

	static final int GENERALIZED_TIME = 0x18;

	static final int SEQUENCE = 0x30;

	static final int NONE = -1;

	// id-ce, 2.5.29
	private static final int ID_CE_1 = 0x55;

	private static final int ID_CE_2 = 0x1d;

	private static final int MAX_LENGTH_OCTETS = 4;

	private final byte[] der;

	private int position;

	private int limit;

	private int start;

	private int contentStart;

	DerCursor(byte[] der) {
		this(der, 0, der.length);
	}

	DerCursor(byte[] der, int start, int end) {
		this.der = der;
		this.position = start;
		this.limit = end;
	}

	byte[] der() {
		return this.der;
	}

	boolean hasNext() {
		return this.position < this.limit;
	}

	/**
	 * The tag of the element that {@link #next} would step over.
	 * @return the identifier octet, or {@link #NONE} at the end
	 */
	int nextTag() {
		return hasNext() ? this.der[this.position] & 0xff : NONE;
	}

	/**
	 * Step over the next element, which becomes the one that the other methods tell of.
	 * @param tag its identifier octet
	 * @return this cursor
	 * @throws MalformedCrlException if there is no such element
	 */
	DerCursor next(int tag) throws MalformedCrlException {
		if (nextTag() != tag) {
			throw new MalformedCrlException("at byte %d, tag %02x was expected".formatted(this.position, tag));
		}
		this.start = this.position;
		int length = length();
		if (length > this.limit - this.contentStart) {
			throw new MalformedCrlException("the element at byte %d is truncated".formatted(this.start));
		}
		this.position = this.contentStart + length;
		return this;
	}

	/**
	 * Require that all was read.
	 * @throws MalformedCrlException if there is a further element
	 */
	void end() throws MalformedCrlException {
		if (hasNext()) {
			throw new MalformedCrlException("at byte %d, there is more than was expected".formatted(this.position));
		}
	}

	/**
	 * A cursor over what is in the element.
	 * @return a new cursor before its first element
	 */
	DerCursor content() {
		return new DerCursor(this.der, this.contentStart, this.position);
	}

	/**
	 * Become a cursor over what is in the element of another one, on the same array.
	 * @param outer the other cursor
	 */
	void enter(DerCursor outer) {
		enter(outer.contentStart, outer.position);
	}

	/**
	 * Become a cursor over another part of the array.
	 * @param from where it begins
	 * @param to where it ends
	 */
	void enter(int from, int to) {
		this.position = from;
		this.limit = to;
	}

	int start() {
		return this.start;
	}

	int contentStart() {
		return this.contentStart;
	}

	int contentEnd() {
		return this.position;
	}

	byte[] encoded() {
		return Arrays.copyOfRange(this.der, this.start, this.position);
	}

	byte[] bytes() {
		return Arrays.copyOfRange(this.der, this.contentStart, this.position);
	}

	boolean isTrue() throws MalformedCrlException {
		int value = (contentLength() == 1) ? this.der[this.contentStart] : 1;
		if (value != 0 && value != -1) {
			throw new MalformedCrlException("the boolean at byte %d is not DER".formatted(this.start));
		}
		return value != 0;
	}

	/**
	 * Require that an integer or enumerated value has its shortest form.
	 * @param maxLength the number of octets that it may have
	 * @return this cursor
	 * @throws MalformedCrlException if it has not, or is longer
	 */
	DerCursor minimal(int maxLength) throws MalformedCrlException {
		int length = contentLength();
		if (length == 0 || length > maxLength) {
			throw new MalformedCrlException("the number at byte %d has %d octets, at most %d are supported"
				.formatted(this.start, length, maxLength));
		}
		if (length > 1 && this.der[this.contentStart] == this.der[this.contentStart + 1] >> (Byte.SIZE - 1)) {
			throw new MalformedCrlException("the number at byte %d is not DER".formatted(this.start));
		}
		return this;
	}

	BigInteger integer(int maxLength) throws MalformedCrlException {
		minimal(maxLength);
		return new BigInteger(this.der, this.contentStart, contentLength());
	}

	void wholeOctets() throws MalformedCrlException {
		if (contentLength() == 0 || this.der[this.contentStart] != 0) {
			throw new MalformedCrlException("the bit string at byte %d has no whole octets".formatted(this.start));
		}
	}

	/**
	 * The last arc of an object identifier below {@code id-ce}, 2.5.29.
	 * @return the arc, or {@link #NONE} for any other identifier
	 */
	int extensionArc() {
		return (contentLength() == 3 && this.der[this.contentStart] == ID_CE_1
				&& this.der[this.contentStart + 1] == ID_CE_2) ? this.der[this.contentStart + 2] : NONE;
	}

	String objectIdentifier() throws MalformedCrlException {
		try {
			return ASN1ObjectIdentifier.fromContents(bytes()).getId();
		}
		catch (RuntimeException ex) {
			throw new MalformedCrlException("at byte %d, there is no object identifier".formatted(this.start), ex);
		}
	}

	/**
	 * Step over the next element, a time of the form that RFC 5280, 5.1.2.4 to 5.1.2.6
	 * asks for.
	 * @return the time
	 * @throws MalformedCrlException if there is none
	 */
	Instant nextTime() throws MalformedCrlException {
		int yearLength = (nextTag() == GENERALIZED_TIME) ? 4 : 2;
		next((yearLength == 4) ? GENERALIZED_TIME : UTC_TIME);
		int end = this.contentStart + yearLength + 10;
		if (this.position != end + 1 || this.der[end] != 'Z') {
			throw new MalformedCrlException("the time at byte %d is not DER".formatted(this.start));
		}
		int year = digits(this.contentStart, yearLength);
		if (yearLength == 2) {
			// RFC 5280, 4.1.2.5.1
			year += (year < 50) ? 2000 : 1900;
		}
		try {
			return LocalDateTime
				.of(year, digits(end - 10, 2), digits(end - 8, 2), digits(end - 6, 2), digits(end - 4, 2),
						digits(end - 2, 2))
				.toInstant(ZoneOffset.UTC);
		}
		catch (DateTimeException ex) {
			throw new MalformedCrlException("the time at byte %d does not exist".formatted(this.start), ex);
		}
	}

	private int contentLength() {
		return this.position - this.contentStart;
	}

	private int digits(int from, int count) throws MalformedCrlException {
		int number = 0;
		for (int i = from; i < from + count; i++) {
			int digit = this.der[i] - '0';
			if (digit < 0 || digit > 9) {
				throw new MalformedCrlException("the time at byte %d is not DER".formatted(this.start));
			}
			number = 10 * number + digit;
		}
		return number;
	}

	// X.690, 10.1: definite, and in as few octets as can be
	private int length() throws MalformedCrlException {
		int at = this.start + 1;
		if (at >= this.limit) {
			throw new MalformedCrlException("the element at byte %d is truncated".formatted(this.start));
		}
		int first = this.der[at++];
		if (first >= 0) {
			this.contentStart = at;
			return first;
		}
		int octets = first & 0x7f;
		if (octets == 0 || octets > MAX_LENGTH_OCTETS || octets > this.limit - at) {
			throw lengthNotDer();
		}
		long length = 0;
		for (int i = 0; i < octets; i++) {
			length = (length << Byte.SIZE) | (this.der[at++] & 0xff);
		}
		if (length < 0x80 || (length >>> (Byte.SIZE * (octets - 1))) == 0 || length > Integer.MAX_VALUE) {
			throw lengthNotDer();
		}
		this.contentStart = at;
		return (int) length;
	}

	private MalformedCrlException lengthNotDer() {
		return new MalformedCrlException("the length at byte %d is not DER or truncated".formatted(this.start + 1));
	}

}
