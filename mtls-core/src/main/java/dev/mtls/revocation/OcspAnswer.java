package dev.mtls.revocation;

import java.time.Instant;

/**
 * What a responder says about one certificate. Only {@link OcspRequest#verify} makes it,
 * so that nobody can skip the verification.
 */
public final class OcspAnswer {

	private final CertificateId certificate;

	private final RevocationStatus status;

	private final Instant thisUpdate;

	private final Instant validUntil;

	OcspAnswer(CertificateId certificate, RevocationStatus status, Instant thisUpdate, Instant validUntil) {
		this.certificate = certificate;
		this.status = status;
		this.thisUpdate = thisUpdate;
		this.validUntil = validUntil;
	}

	/**
	 * The status of the certificate.
	 * @return good until {@link #validUntil()}, revoked or unknown
	 */
	public RevocationStatus status() {
		return this.status;
	}

	/**
	 * As of when the status is known to be right.
	 * @return the instant
	 */
	public Instant thisUpdate() {
		return this.thisUpdate;
	}

	/**
	 * Until when the answer counts.
	 * @return the last instant at which it does
	 */
	public Instant validUntil() {
		return this.validUntil;
	}

	/**
	 * Whether this answer takes the place of one that is held: it is not older, and takes
	 * a revocation back only if it is newer and says good.
	 * @param held an earlier answer about the same certificate
	 * @return whether to hold this one
	 */
	public boolean replaces(OcspAnswer held) {
		if (this.thisUpdate.isBefore(held.thisUpdate)) {
			return false;
		}
		if (!held.isRevoked() || isRevoked()) {
			return true;
		}
		return this.thisUpdate.isAfter(held.thisUpdate) && this.status instanceof RevocationStatus.Good;
	}

	@Override
	public String toString() {
		return "OcspAnswer[serial number %s, %s, as of %s, until %s]".formatted(this.certificate.serialNumber(),
				this.status, this.thisUpdate, this.validUntil);
	}

	CertificateId certificate() {
		return this.certificate;
	}

	boolean isRevoked() {
		return this.status instanceof RevocationStatus.Revoked;
	}

}
