package dev.mtls.boot.web;

import java.net.URI;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * A request lacks what its controller needs to know of the client. Answered with a
 * problem document (RFC 9457) whose {@code reason} is that of the denial, and whose
 * {@code help} is where the documentation explains it.
 */
public final class ClientCertException extends ErrorResponseException {

	/**
	 * Why the request is refused.
	 */
	private final Decision.Deny denial;

	private ClientCertException(HttpStatusCode status, Decision.Deny denial) {
		super(status, problem(status, denial), null);
		this.denial = denial;
	}

	/**
	 * The client presented no certificate: status 401.
	 * @return the exception
	 */
	public static ClientCertException missing() {
		return new ClientCertException(HttpStatus.UNAUTHORIZED,
				new Decision.Deny(Reason.CERTIFICATE_MISSING, "This request needs a client certificate"));
	}

	/**
	 * The client's certificate does not hold what is needed: status 403.
	 * @param what what is missing in it
	 * @return the exception
	 */
	public static ClientCertException without(String what) {
		return new ClientCertException(HttpStatus.FORBIDDEN,
				new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED, "The client certificate holds no " + what));
	}

	/**
	 * Why the request is refused.
	 * @return the denial
	 */
	public Decision.Deny denial() {
		return this.denial;
	}

	private static ProblemDetail problem(HttpStatusCode status, Decision.Deny denial) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, denial.detail());
		problem.setType(URI.create("about:blank"));
		problem.setProperty("reason", denial.reason().code());
		problem.setProperty("help", denial.reason().help());
		return problem;
	}

}
