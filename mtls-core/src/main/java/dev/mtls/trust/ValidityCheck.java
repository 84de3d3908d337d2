package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * Every certificate of the path is within its validity period, ends included (RFC 5280,
 * section 4.1.2.5). The JDK does not look at the anchor's.
 */
final class ValidityCheck implements PathCheck {

	@Override
	public Optional<Decision.Deny> check(CandidatePath path) {
		return path.withAnchor()
			.map((certificate) -> check(certificate, path.now()))
			.flatMap(Optional::stream)
			.findFirst();
	}

	private Optional<Decision.Deny> check(X509Certificate certificate, Instant now) {
		Instant notBefore = certificate.getNotBefore().toInstant();
		Instant notAfter = certificate.getNotAfter().toInstant();
		if (now.isAfter(notAfter)) {
			return Optional
				.of(new Decision.Deny(Reason.CERTIFICATE_EXPIRED, "certificate %s expired %s ago (%s)".formatted(
						CertificateName.ofSubject(certificate), inWords(Duration.between(notAfter, now)), notAfter)));
		}
		if (now.isBefore(notBefore)) {
			return Optional.of(new Decision.Deny(Reason.CERTIFICATE_NOT_YET_VALID,
					"certificate %s becomes valid in %s (%s)".formatted(CertificateName.ofSubject(certificate),
							inWords(Duration.between(now, notBefore)), notBefore)));
		}
		return Optional.empty();
	}

	private static String inWords(Duration duration) {
		if (duration.toDays() > 0) {
			return inWords(duration.toDays(), "day");
		}
		if (duration.toHours() > 0) {
			return inWords(duration.toHours(), "hour");
		}
		if (duration.toMinutes() > 0) {
			return inWords(duration.toMinutes(), "minute");
		}
		return inWords(duration.toSeconds(), "second");
	}

	private static String inWords(long count, String unit) {
		return "%d %s%s".formatted(count, unit, (count == 1) ? "" : "s");
	}

}
