package dev.mtls.boot.security;

import org.springframework.security.core.AuthenticationException;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The gate does not admit the peer of a request.
 */
public final class MtlsAuthenticationException extends AuthenticationException {

	/**
	 * Why the peer is not admitted.
	 */
	private final Reason reason;

	/**
	 * Create an exception.
	 * @param denial why the peer is not admitted
	 */
	public MtlsAuthenticationException(Decision.Deny denial) {
		super("%s (%s)".formatted(denial.detail(), denial.reason().code()));
		this.reason = denial.reason();
	}

	/**
	 * Why the peer is not admitted.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

}
