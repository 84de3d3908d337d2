package dev.mtls.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

/**
 * What a CRL says of itself, and where in it the rest is: its entries, which may be
 * hundreds of megabytes, are stepped over (RFC 5280, section 5.1).
 *
 * @param issuer who says to have signed it
 * @param validity from when until when it counts
 * @param extensions its extensions
 * @param signed the part that is signed
 * @param entries the entries, one after the other
 * @param algorithm the encoded algorithm of the signature
 * @param signature the bits of the signature
 */
record CrlHeader(X500Principal issuer, Validity validity, CrlExtensions extensions, Part signed, Part entries,
		Part algorithm, Part signature) {

	private static final byte[] VERSION_2 = { 1 };

	private static final int EXTENSIONS = 0xa0;

	private static final int MAX_ALGORITHM_LENGTH = 512;

	static CrlHeader read(byte[] der) throws MalformedCrlException {
		DerCursor outer = new DerCursor(der);
		DerCursor list = outer.next(DerCursor.SEQUENCE).content();
		outer.end();
		DerCursor signed = list.next(DerCursor.SEQUENCE).content();
		Part signedPart = new Part(list.start(), list.contentEnd());
		Part algorithm = readAlgorithm(list);
		Part signature = readSignature(list);
		list.end();
		boolean version2 = readVersion(signed);
		if (!Arrays.equals(algorithm.of(der), readAlgorithm(signed).of(der))) {
			throw new MalformedCrlException("it names two signature algorithms");
		}
		X500Principal issuer = readIssuer(signed);
		Validity validity = readValidity(signed);
		Part entries = new Part(0, 0);
		if (signed.nextTag() == DerCursor.SEQUENCE) {
			signed.next(DerCursor.SEQUENCE);
			entries = new Part(signed.contentStart(), signed.contentEnd());
		}
		CrlExtensions extensions = readExtensions(signed, version2);
		signed.end();
		return new CrlHeader(issuer, validity, extensions, signedPart, entries, algorithm, signature);
	}

	private static Part readAlgorithm(DerCursor cursor) throws MalformedCrlException {
		cursor.next(DerCursor.SEQUENCE);
		Part algorithm = new Part(cursor.start(), cursor.contentEnd());
		// What parses it later recurses
		if (algorithm.length() > MAX_ALGORITHM_LENGTH) {
			throw new MalformedCrlException("its signature algorithm has %d bytes".formatted(algorithm.length()));
		}
		return algorithm;
	}

	private static Part readSignature(DerCursor list) throws MalformedCrlException {
		list.next(DerCursor.BIT_STRING).wholeOctets();
		return new Part(list.contentStart() + 1, list.contentEnd());
	}

	private static boolean readVersion(DerCursor signed) throws MalformedCrlException {
		if (signed.nextTag() != DerCursor.INTEGER) {
			return false;
		}
		if (!Arrays.equals(signed.next(DerCursor.INTEGER).bytes(), VERSION_2)) {
			throw new MalformedCrlException("its version is neither 1 nor 2");
		}
		return true;
	}

	private static X500Principal readIssuer(DerCursor signed) throws MalformedCrlException {
		byte[] encoded = signed.next(DerCursor.SEQUENCE).encoded();
		if (!signed.content().hasNext()) {
			throw new MalformedCrlException("its issuer has no name");
		}
		try {
			return new X500Principal(encoded);
		}
		catch (IllegalArgumentException ex) {
			throw new MalformedCrlException("the name of its issuer is malformed", ex);
		}
	}

	private static Validity readValidity(DerCursor signed) throws MalformedCrlException {
		Instant thisUpdate = signed.nextTime();
		int tag = signed.nextTag();
		boolean hasEnd = tag == DerCursor.UTC_TIME || tag == DerCursor.GENERALIZED_TIME;
		return new Validity(thisUpdate, hasEnd ? signed.nextTime() : null);
	}

	private static CrlExtensions readExtensions(DerCursor signed, boolean version2) throws MalformedCrlException {
		if (signed.nextTag() != EXTENSIONS) {
			return CrlExtensions.NONE;
		}
		if (!version2) {
			throw new MalformedCrlException("it has extensions, which version 1 has not");
		}
		DerCursor wrapper = signed.next(EXTENSIONS).content();
		DerCursor extensions = wrapper.next(DerCursor.SEQUENCE).content();
		wrapper.end();
		return CrlExtensions.read(extensions);
	}

	/**
	 * A part of the bytes.
	 *
	 * @param start where it begins
	 * @param end where it ends
	 */
	record Part(int start, int end) {

		int length() {
			return this.end - this.start;
		}

		byte[] of(byte[] bytes) {
			return Arrays.copyOfRange(bytes, this.start, this.end);
		}

	}

	/**
	 * From when until when the CRL counts.
	 *
	 * @param thisUpdate when it was issued
	 * @param nextUpdate when the next one will be there at the latest, or {@code null}
	 */
	record Validity(Instant thisUpdate, @Nullable Instant nextUpdate) {

		/**
		 * The end of the validity.
		 * @param maxAge how old the CRL may become, or {@code null}
		 * @return the earlier of what ends it, or {@link Instant#MAX} if nothing does
		 */
		Instant until(@Nullable Duration maxAge) {
			Instant end = (this.nextUpdate != null) ? this.nextUpdate : Instant.MAX;
			// Compared first, as the sum may be beyond any instant
			boolean isEarlier = maxAge != null && maxAge.compareTo(Duration.between(this.thisUpdate, end)) < 0;
			return isEarlier ? this.thisUpdate.plus(maxAge) : end;
		}

	}

}
