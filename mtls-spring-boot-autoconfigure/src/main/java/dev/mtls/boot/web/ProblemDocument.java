package dev.mtls.boot.web;

import org.springframework.http.HttpStatus;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

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
	 * The document for a denial: status 401 when there is no certificate, else 403.
	 * @param denial why the request is refused
	 * @return the document
	 */
	public static ProblemDocument of(Decision.Deny denial) {
		boolean missing = denial.reason() == Reason.CERTIFICATE_MISSING;
		return new ProblemDocument(missing ? HttpStatus.UNAUTHORIZED : HttpStatus.FORBIDDEN, denial);
	}

	/**
	 * The document as JSON. It names the reason and not its detail, which would tell a
	 * refused peer what the rules are.
	 * @return the text
	 */
	public String toJson() {
		return """
				{"type":"about:blank","title":"%s","status":%d,"reason":"%s"}"""
			.formatted(this.status.getReasonPhrase(), this.status.value(), this.denial.reason().code());
	}

}
