package dev.mtls.boot.security;

import java.security.cert.X509Certificate;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

/**
 * The problem documents for requests that are not authenticated or not authorized.
 */
final class Problems {

	private Problems() {
	}

	/**
	 * The document for a request that is not authenticated.
	 * @param failure why its peer could not be authenticated, or anything else if nobody
	 * tried
	 * @param certificates what the peer presented
	 * @return the document
	 */
	static ProblemDocument unauthorized(@Nullable Object failure, X509Certificate[] certificates) {
		if (failure instanceof MtlsAuthenticationException denied) {
			return unauthorized(denied.reason(), "the gate does not admit the peer");
		}
		return (certificates.length > 0) ? unauthorized(Reason.IDENTITY_NOT_ALLOWED, "the peer is not authenticated")
				: unauthorized(Reason.CERTIFICATE_MISSING, "the peer presented no certificate");
	}

	/**
	 * The document for a request whose peer lacks an authority.
	 * @return the document
	 */
	static ProblemDocument forbidden() {
		return ProblemDocument.of(new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED, "the peer lacks an authority"));
	}

	private static ProblemDocument unauthorized(Reason reason, String detail) {
		return new ProblemDocument(HttpStatus.UNAUTHORIZED, new Decision.Deny(reason, detail));
	}

}
