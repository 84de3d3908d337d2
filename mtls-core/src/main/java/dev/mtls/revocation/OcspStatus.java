package dev.mtls.revocation;

import java.security.cert.CRLReason;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;

import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;

import dev.mtls.decision.Verdict;

/**
 * Reads what a verified response says of one certificate, and for how long.
 */
final class OcspStatus {

	/**
	 * How far a responder's clock may be ahead.
	 */
	static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

	/**
	 * How long an answer counts whose responder always has a newer one (RFC 6960, 2.4).
	 */
	static final Duration WITHOUT_NEXT_UPDATE = Duration.ofHours(1);

	private static final int GOOD = 0;

	private static final int REVOKED = 1;

	private OcspStatus() {
	}

	static Verdict<OcspAnswer> read(CertificateId certificate, SingleResponse answer, Instant now, Instant signerEnd) {
		try {
			Instant thisUpdate = instant(answer.getThisUpdate());
			Instant nextUpdate = (answer.getNextUpdate() != null) ? instant(answer.getNextUpdate())
					: thisUpdate.plus(WITHOUT_NEXT_UPDATE);
			if (thisUpdate.isAfter(now.plus(CLOCK_SKEW))) {
				return OcspResponse.refused("it is as of %s, which is in the future".formatted(thisUpdate));
			}
			if (nextUpdate.isBefore(thisUpdate)) {
				return OcspResponse.refused("it ends before it begins");
			}
			if (nextUpdate.isBefore(now)) {
				return OcspResponse.refused("it counted until %s only".formatted(nextUpdate));
			}
			Instant validUntil = nextUpdate.isBefore(signerEnd) ? nextUpdate : signerEnd;
			return Verdict.accepted(
					new OcspAnswer(certificate, status(answer.getCertStatus(), validUntil), thisUpdate, validUntil));
		}
		catch (ParseException ex) {
			return OcspResponse.refused("it has a time that cannot be read");
		}
	}

	private static RevocationStatus status(CertStatus status, Instant validUntil) throws ParseException {
		return switch (status.getTagNo()) {
			case GOOD -> new RevocationStatus.Good(validUntil);
			case REVOKED -> revoked(RevokedInfo.getInstance(status.getStatus()));
			default -> new RevocationStatus.Unknown("the OCSP responder does not know the certificate");
		};
	}

	private static RevocationStatus revoked(RevokedInfo info) throws ParseException {
		String reason = (info.getRevocationReason() != null)
				? reason(info.getRevocationReason().getValue().intValueExact()) : "UNSPECIFIED";
		return new RevocationStatus.Revoked(
				"the OCSP responder says so since %s (%s)".formatted(instant(info.getRevocationTime()), reason));
	}

	private static String reason(int number) {
		CRLReason[] reasons = CRLReason.values();
		return (number >= 0 && number < reasons.length) ? reasons[number].name() : String.valueOf(number);
	}

	private static Instant instant(ASN1GeneralizedTime time) throws ParseException {
		return time.getDate().toInstant();
	}

}
