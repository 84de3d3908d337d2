package dev.mtls.boot.limit;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;

/**
 * Counts the requests that are made with each certificate. As many certificates are
 * remembered as have been used most recently, up to a bound; one that was forgotten
 * begins with a full burst. Safe for use by several threads.
 */
public final class RequestRates {

	static final int MAX_CERTIFICATES = 10_000;

	private final Bandwidth bandwidth;

	private final TimeMeter clock;

	private final Map<X509Certificate, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<X509Certificate, Bucket> eldest) {
			return size() > MAX_CERTIFICATES;
		}

	};

	/**
	 * Create rates at which nothing was requested yet.
	 * @param rate the rate of each certificate
	 */
	public RequestRates(RequestRate rate) {
		this(rate, TimeMeter.SYSTEM_NANOTIME);
	}

	RequestRates(RequestRate rate, TimeMeter clock) {
		this.bandwidth = Bandwidth.builder().capacity(rate.burst()).refillGreedy(rate.permits(), rate.period()).build();
		this.clock = clock;
	}

	/**
	 * Count a request.
	 * @param certificate the certificate it is made with
	 * @return how long it is too early; zero if it may be served
	 */
	public Duration tryConsume(X509Certificate certificate) {
		ConsumptionProbe probe = bucket(certificate).tryConsumeAndReturnRemaining(1);
		return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
	}

	private synchronized Bucket bucket(X509Certificate certificate) {
		return this.buckets.computeIfAbsent(certificate,
				(any) -> Bucket.builder().addLimit(this.bandwidth).withCustomTimePrecision(this.clock).build());
	}

}
