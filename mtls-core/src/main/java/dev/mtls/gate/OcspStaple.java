package dev.mtls.gate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.material.KeyMaterial;
import dev.mtls.revocation.OcspAnswer;
import dev.mtls.revocation.RevocationStatus;

/**
 * The OCSP response that is stapled to one chain, and when to ask for the next one.
 */
final class OcspStaple {

	/**
	 * How long a responder is left alone at least.
	 */
	static final Duration MIN_PAUSE = Duration.ofSeconds(5);

	/**
	 * How long a responder that fails is left alone at most.
	 */
	static final Duration MAX_PAUSE = Duration.ofMinutes(5);

	/**
	 * After how long a response is asked for again, however long it counts: it does not
	 * tell of a revocation that came after it.
	 */
	static final Duration MAX_AGE = Duration.ofHours(1);

	private final List<X509Certificate> chain;

	private byte @Nullable [] response;

	private @Nullable OcspAnswer answer;

	private Instant due = Instant.MIN;

	private Duration pause = MIN_PAUSE;

	private boolean asking;

	private @Nullable String toldProblem;

	OcspStaple(KeyMaterial key) {
		this.chain = key.chain();
	}

	boolean isFor(KeyMaterial key) {
		return this.chain.equals(key.chain());
	}

	/**
	 * What to staple.
	 * @param now the time
	 * @return the newest response, or {@code null} if none counts now
	 */
	synchronized byte @Nullable [] response(Instant now) {
		byte[] held = this.response;
		return (held != null && this.answer != null && !now.isAfter(this.answer.validUntil())) ? held.clone() : null;
	}

	/**
	 * Whether the certificate is known to be revoked.
	 * @return whether the newest response says so
	 */
	synchronized boolean isRevoked() {
		return this.answer != null && this.answer.status() instanceof RevocationStatus.Revoked;
	}

	/**
	 * Begin to ask, unless somebody does already or it is too early.
	 * @param now the time
	 * @return whether to ask; its end has to be told
	 */
	synchronized boolean begin(Instant now) {
		if (this.asking || now.isBefore(this.due)) {
			return false;
		}
		this.asking = true;
		return true;
	}

	/**
	 * End to ask with a response. It is not taken, and the asking has not ended, if one
	 * is held that it does not replace.
	 * @param response the response as the responder signed it
	 * @param answer what it says
	 * @param now the time
	 * @return whether it is taken
	 */
	synchronized boolean take(byte[] response, OcspAnswer answer, Instant now) {
		if (this.answer != null && !answer.replaces(this.answer)) {
			return false;
		}
		this.response = response.clone();
		this.answer = answer;
		this.due = now.plus(pauseAfter(answer, now));
		this.pause = MIN_PAUSE;
		this.asking = false;
		this.toldProblem = null;
		return true;
	}

	/**
	 * End to ask without a response. What is held counts on; it is asked again after a
	 * pause that doubles each time.
	 * @param problem what went wrong
	 * @param now the time
	 * @return whether the problem is another one than the last time
	 */
	synchronized boolean fail(String problem, Instant now) {
		this.due = now.plus(this.pause);
		this.pause = shorter(this.pause.multipliedBy(2), MAX_PAUSE);
		this.asking = false;
		boolean news = !problem.equals(this.toldProblem);
		this.toldProblem = problem;
		return news;
	}

	private static Duration pauseAfter(OcspAnswer answer, Instant now) {
		// From now on, because a responder may hand out an old response until its end
		Duration half = Duration.between(now, answer.validUntil()).dividedBy(2);
		return (half.compareTo(MIN_PAUSE) < 0) ? MIN_PAUSE : shorter(half, MAX_AGE);
	}

	private static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

}
