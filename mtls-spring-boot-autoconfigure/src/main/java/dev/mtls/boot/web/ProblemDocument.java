package dev.mtls.boot.web;

import org.springframework.http.HttpStatus;

import dev.mtls.decision.Decision;

/**
 * The problem document (RFC 9457) that answers a refused request before any controller or
 * message converter is reached.
 *
 * @param status the status of the response
 * @param denial why the request is refused
 */
public record ProblemDocument(HttpStatus status, Decision.Deny denial) {

	/**
	 * The media type of the document.
	 */
	public static final String MEDIA_TYPE = "application/problem+json";

	/**
	 * The document for a denial: status 401 when there is no certificate, 429 when there
	 * are too many requests, else 403.
	 * @param denial why the request is refused
	 * @return the document
	 */
	public static ProblemDocument of(Decision.Deny denial) {
		return new ProblemDocument(switch (denial.reason()) {
			case CERTIFICATE_MISSING -> HttpStatus.UNAUTHORIZED;
			case REQUEST_RATE -> HttpStatus.TOO_MANY_REQUESTS;
			default -> HttpStatus.FORBIDDEN;
		}, denial);
	}

	/**
	 * The document as JSON. It names the reason and where the documentation explains it,
	 * and not its detail, which would tell a refused peer what the rules are.
	 * @return the text
	 */
	public String toJson() {
		return """
				{"type":"about:blank","title":"%s","status":%d,"reason":"%s","help":"%s"}""".formatted(
				this.status.getReasonPhrase(), this.status.value(), this.denial.reason().code(),
				this.denial.reason().help());
	}

}
