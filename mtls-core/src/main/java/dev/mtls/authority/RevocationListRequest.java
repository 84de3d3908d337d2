package dev.mtls.authority;

import java.math.BigInteger;
import java.security.cert.CRLReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a certificate revocation list is to say: its number, how long it counts, and which
 * serial numbers are revoked.
 */
public final class RevocationListRequest {

	private static final Duration DEFAULT_VALIDITY = Duration.ofDays(1);

	private final BigInteger number;

	private final @Nullable Instant thisUpdate;

	private final Duration validity;

	private final Map<BigInteger, Entry> entries;

	private RevocationListRequest(BigInteger number, @Nullable Instant thisUpdate, Duration validity,
			Map<BigInteger, Entry> entries) {
		this.number = number;
		this.thisUpdate = thisUpdate;
		this.validity = validity;
		this.entries = entries;
	}

	/**
	 * Ask for an empty list, as of now and for one day.
	 * @param number its number, higher than that of each list before it
	 * @return the request
	 */
	public static RevocationListRequest of(long number) {
		return new RevocationListRequest(BigInteger.valueOf(number), null, DEFAULT_VALIDITY, Map.of());
	}

	/**
	 * Set as of when the list is, instead of as of now.
	 * @param instant its {@code thisUpdate}
	 * @return a request with that
	 */
	public RevocationListRequest thisUpdate(Instant instant) {
		return new RevocationListRequest(this.number, instant, this.validity, this.entries);
	}

	/**
	 * Set how long the list counts, which is until its {@code nextUpdate}.
	 * @param duration the time after {@code thisUpdate}
	 * @return a request with that
	 */
	public RevocationListRequest validity(Duration duration) {
		return new RevocationListRequest(this.number, this.thisUpdate, duration, this.entries);
	}

	/**
	 * Revoke certificates as of when the list is, without a reason.
	 * @param certificates the certificates
	 * @return a request with them
	 */
	public RevocationListRequest revoke(X509Certificate... certificates) {
		RevocationListRequest request = this;
		for (X509Certificate certificate : certificates) {
			request = request.revoke(certificate.getSerialNumber(), null, CRLReason.UNSPECIFIED);
		}
		return request;
	}

	/**
	 * Revoke a serial number.
	 * @param serialNumber the serial number
	 * @param since since when, or {@code null} for as of when the list is
	 * @param reason why; {@code UNSPECIFIED} is left out, as RFC 5280, 5.3.1 asks for
	 * @return a request with it
	 */
	public RevocationListRequest revoke(BigInteger serialNumber, @Nullable Instant since, CRLReason reason) {
		Map<BigInteger, Entry> more = new LinkedHashMap<>(this.entries);
		more.put(serialNumber, new Entry(since, reason));
		return new RevocationListRequest(this.number, this.thisUpdate, this.validity, more);
	}

	BigInteger number() {
		return this.number;
	}

	@Nullable Instant thisUpdate() {
		return this.thisUpdate;
	}

	Duration validity() {
		return this.validity;
	}

	Map<BigInteger, Entry> entries() {
		return this.entries;
	}

	/**
	 * A revoked serial number.
	 *
	 * @param since since when, or {@code null} for as of when the list is
	 * @param reason why
	 */
	record Entry(@Nullable Instant since, CRLReason reason) {
	}

}
