package dev.mtls.revocation;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The certificates of its issuer that a CRL tells of, as its issuing distribution point
 * says (RFC 5280, section 5.2.5).
 *
 * @param kind whether they are those of CAs
 * @param names the encoded names of which a certificate's distribution points must hold
 * one; empty if any certificate will do
 */
record CrlScope(Kind kind, Set<ByteBuffer> names) {

	private static final int FULL_NAME = 0xa0;

	private static final int RELATIVE_NAME = 0xa1;

	static final CrlScope ALL = new CrlScope(Kind.ALL, Set.of());

	CrlScope {
		names = Set.copyOf(names);
	}

	/**
	 * Whether the CRL tells of a certificate.
	 * @param certificate a certificate of its issuer
	 * @param points the names of the certificate's distribution points
	 * @return {@code true} if so (RFC 5280, section 6.3.3, step b)
	 */
	boolean covers(X509Certificate certificate, Set<ByteBuffer> points) {
		boolean isCa = certificate.getBasicConstraints() >= 0;
		return switch (this.kind) {
			case ALL -> true;
			case USER_CERTIFICATES -> !isCa;
			case CA_CERTIFICATES -> isCa;
		} && (this.names.isEmpty() || !Collections.disjoint(this.names, points));
	}

	/**
	 * Read the names of a distribution point.
	 * @param point a cursor over a DistributionPointName
	 * @return the encoded names; none if it is relative to the issuer
	 * @throws MalformedCrlException if it is neither
	 */
	static Set<ByteBuffer> names(DerCursor point) throws MalformedCrlException {
		Set<ByteBuffer> names = new LinkedHashSet<>();
		if (point.nextTag() == RELATIVE_NAME) {
			point.next(RELATIVE_NAME).end();
			return names;
		}
		DerCursor fullName = point.next(FULL_NAME).content();
		point.end();
		do {
			names.add(ByteBuffer.wrap(fullName.next(fullName.nextTag()).encoded()));
		}
		while (fullName.hasNext());
		return names;
	}

	/**
	 * Which certificates, by their basic constraints.
	 */
	enum Kind {

		/**
		 * Those of CAs and those of others.
		 */
		ALL,

		/**
		 * None of CAs.
		 */
		USER_CERTIFICATES,

		/**
		 * Those of CAs.
		 */
		CA_CERTIFICATES

	}

}
