package dev.mtls.revocation;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.PrintableText;

/**
 * The newest answers of OCSP responders, and which of them failed just now. Of more
 * certificates than there is room for, those that were not asked for the longest are
 * forgotten.
 */
public final class OcspCache {

	/**
	 * The number of certificates that are remembered where no other is given.
	 */
	public static final int DEFAULT_SIZE = 16_384;

	/**
	 * How long a responder is left alone about a certificate after it answered or failed,
	 * so that a dead one is not asked for each connection.
	 */
	static final Duration PAUSE = Duration.ofSeconds(5);

	private final Map<CertificateId, Entry> entries;

	/**
	 * Create a cache of {@link #DEFAULT_SIZE}.
	 */
	public OcspCache() {
		this(DEFAULT_SIZE);
	}

	/**
	 * Create a cache.
	 * @param size the number of certificates that are remembered
	 * @throws IllegalArgumentException if the size is not positive
	 */
	public OcspCache(int size) {
		if (size < 1) {
			throw new IllegalArgumentException("A cache of %d entries is not possible".formatted(size));
		}
		this.entries = new LinkedHashMap<>(16, 0.75f, true) {

			@Override
			protected boolean removeEldestEntry(Map.Entry<CertificateId, OcspCache.Entry> eldest) {
				return size() > size;
			}

		};
	}

	/**
	 * What is known about a certificate.
	 * @param certificate the certificate
	 * @param issuer its issuer, by which its signature has been verified
	 * @param now the time at which it must be known
	 * @return what the newest answer says, as long as it counts; revoked also later
	 */
	public RevocationStatus check(X509Certificate certificate, X509Certificate issuer, Instant now) {
		Entry entry = entry(CertificateId.of(certificate, issuer));
		OcspAnswer answer = (entry != null) ? entry.answer() : null;
		if (answer != null && (answer.isRevoked() || !now.isAfter(answer.validUntil()))) {
			return answer.status();
		}
		if (entry != null && entry.failure() != null) {
			return new RevocationStatus.Unknown(entry.failure());
		}
		return new RevocationStatus.Unknown(
				(answer != null) ? "the OCSP answer counted until %s only".formatted(answer.validUntil())
						: "no OCSP responder was asked yet");
	}

	/**
	 * Whether a responder should be asked now: there is no answer, or less than a quarter
	 * of the time for which it counted when it came, or a few seconds. Shortly after an
	 * answer or a failure it should not.
	 * @param certificate the certificate
	 * @param issuer its issuer, by which its signature has been verified
	 * @param now the time
	 * @return whether to ask
	 */
	public boolean isDueForRefresh(X509Certificate certificate, X509Certificate issuer, Instant now) {
		Entry entry = entry(CertificateId.of(certificate, issuer));
		return entry == null || (!now.isBefore(entry.asked().plus(PAUSE)) && !now.isBefore(entry.due()));
	}

	/**
	 * Remember an answer, unless one is held that is newer. Of two of the same time the
	 * one that says revoked is held, and only an answer that says good takes a revocation
	 * back.
	 * @param answer the answer
	 * @param now when it came
	 */
	public void put(OcspAnswer answer, Instant now) {
		synchronized (this.entries) {
			Entry held = this.entries.get(answer.certificate());
			if (held != null && held.answer() != null && !answer.replaces(held.answer())) {
				this.entries.put(answer.certificate(), new Entry(held.answer(), held.received(), null, now));
			}
			else {
				this.entries.put(answer.certificate(), new Entry(answer, now, null, now));
			}
		}
	}

	/**
	 * Remember that no answer came, or none that could be used. An answer that is held
	 * counts on.
	 * @param certificate the certificate
	 * @param issuer its issuer, by which its signature has been verified
	 * @param detail what went wrong
	 * @param now when
	 */
	public void putFailure(X509Certificate certificate, X509Certificate issuer, String detail, Instant now) {
		CertificateId id = CertificateId.of(certificate, issuer);
		synchronized (this.entries) {
			Entry held = this.entries.get(id);
			String failure = PrintableText.of(detail);
			this.entries.put(id, (held != null) ? new Entry(held.answer(), held.received(), failure, now)
					: new Entry(null, now, failure, now));
		}
	}

	private @Nullable Entry entry(CertificateId certificate) {
		synchronized (this.entries) {
			return this.entries.get(certificate);
		}
	}

	/**
	 * What came of asking.
	 *
	 * @param answer the newest answer, or {@code null}
	 * @param received when that came
	 * @param failure what went wrong when it was asked for the last time, or {@code null}
	 * @param asked when it was asked for the last time
	 */
	private record Entry(@Nullable OcspAnswer answer, Instant received, @Nullable String failure, Instant asked) {

		/**
		 * From when on there is less than a quarter left of the time for which the answer
		 * counts. Measured from when it came: an old answer that the responder still
		 * hands out would be due again at once. Nobody waits for the end of an answer
		 * that says nothing.
		 * @return the instant
		 */
		Instant due() {
			if (this.answer == null || this.answer.status() instanceof RevocationStatus.Unknown) {
				return this.received;
			}
			Duration rest = Duration.between(this.received, this.answer.validUntil());
			Duration quarter = rest.dividedBy(4);
			return this.answer.validUntil().minus((quarter.compareTo(PAUSE) > 0) ? quarter : PAUSE);
		}

	}

}
