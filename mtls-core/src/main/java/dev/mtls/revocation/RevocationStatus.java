package dev.mtls.revocation;

import java.time.Instant;

/**
 * What is known about the revocation of one certificate.
 */
public sealed interface RevocationStatus {

	/**
	 * The certificate is not revoked.
	 *
	 * @param validUntil until when that counts: the end of the CRL or answer that says so
	 */
	record Good(Instant validUntil) implements RevocationStatus {
	}

	/**
	 * The certificate is revoked, and stays so, however old the CRL or answer is that
	 * says so.
	 *
	 * @param detail who says so and since when; printable
	 */
	record Revoked(String detail) implements RevocationStatus {
	}

	/**
	 * Nothing current says whether the certificate is revoked.
	 *
	 * @param detail what is missing; printable
	 */
	record Unknown(String detail) implements RevocationStatus {
	}

}
