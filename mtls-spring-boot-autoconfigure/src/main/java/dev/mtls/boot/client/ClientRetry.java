package dev.mtls.boot.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

import dev.mtls.decision.MtlsException;

/**
 * Whether and how a request is tried again after its connection failed. What was refused
 * by policy never is, and neither is a request that was answered too late, because its
 * server may still be at it.
 *
 * @param attempts how often a request is sent at most, the first time included
 * @param delay the pause before the second attempt
 * @param multiplier by which factor each pause is longer than the one before
 * @param maxDelay the longest pause
 * @param jitter by which part of itself, from 0 to 1, a pause varies at random
 * @param methods the methods that may be sent twice
 * @param statuses the statuses after which a request is tried again
 */
public record ClientRetry(int attempts, Duration delay, double multiplier, Duration maxDelay, double jitter,
		Set<String> methods, Set<Integer> statuses) {

	/**
	 * The idempotent methods (RFC 9110, section 9.2.2).
	 */
	public static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

	/**
	 * Create a retry with copies of the methods and statuses.
	 */
	public ClientRetry {
		methods = Set.copyOf(methods);
		statuses = Set.copyOf(statuses);
	}

	/**
	 * Whether a request may be sent again.
	 * @param method its method
	 * @return whether it may
	 */
	boolean isFor(HttpMethod method) {
		return this.methods.contains(method.name());
	}

	/**
	 * Whether a request may succeed when it is sent again.
	 * @param failure why it failed
	 * @return whether it may
	 */
	boolean isRecoverable(@Nullable Throwable failure) {
		MtlsException reason = (failure != null) ? ConnectionFailure.reasonOf(failure) : null;
		if (reason != null) {
			return reason.isRecoverable();
		}
		boolean broken = false;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InterruptedIOException || cause instanceof HttpTimeoutException
					|| cause instanceof TimeoutException || cause.getClass().getSimpleName().contains("Timeout")) {
				return false;
			}
			broken |= cause instanceof IOException;
		}
		return broken;
	}

	/**
	 * Whether a request is tried again after an answer.
	 * @param status the status of the answer
	 * @return whether it is
	 */
	boolean isRecoverable(int status) {
		return this.statuses.contains(status);
	}

}
