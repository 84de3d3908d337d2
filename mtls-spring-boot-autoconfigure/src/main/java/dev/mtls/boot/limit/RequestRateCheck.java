package dev.mtls.boot.limit;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.identity.PeerIdentity;

/**
 * Decides whether a request comes too early, and tells it. Requests without a certificate
 * are not counted.
 */
public final class RequestRateCheck {

	private final Gate gate;

	private final RequestRates rates;

	/**
	 * Create a check.
	 * @param gate tells the refusals
	 * @param rates counts the requests
	 */
	public RequestRateCheck(Gate gate, RequestRates rates) {
		this.gate = gate;
		this.rates = rates;
	}

	/**
	 * Count a request.
	 * @param chain the chain of the client, its own certificate first; empty if it
	 * presented none
	 * @param address the client's address
	 * @return the refusal, or {@code null} if the request is served
	 */
	public @Nullable Refusal check(X509Certificate[] chain, @Nullable InetAddress address) {
		Duration delay = (chain.length > 0) ? this.rates.tryConsume(chain[0]) : Duration.ZERO;
		if (delay.isZero()) {
			return null;
		}
		Refusal refusal = new Refusal(new Decision.Deny(Reason.REQUEST_RATE,
				"the certificate is used for more requests than are allowed, the next is in %d ms"
					.formatted(delay.toMillis())),
				delay);
		return this.gate.refuse(address, identityOf(chain[0]), refusal.denial()) ? refusal : null;
	}

	private static @Nullable PeerIdentity identityOf(X509Certificate certificate) {
		try {
			return PeerIdentity.of(certificate);
		}
		catch (MtlsException ex) {
			// In a foreign container, nobody has looked at it yet
			return null;
		}
	}

	/**
	 * A request that came too early.
	 *
	 * @param denial why it is refused
	 * @param delay how long it is too early
	 */
	public record Refusal(Decision.Deny denial, Duration delay) {

		/**
		 * The value of the {@code Retry-After} header (RFC 9110, section 10.2.3).
		 * @return whole seconds, at least 1
		 */
		public String retryAfter() {
			return String.valueOf(this.delay.plusNanos(999_999_999).toSeconds());
		}

	}

}
