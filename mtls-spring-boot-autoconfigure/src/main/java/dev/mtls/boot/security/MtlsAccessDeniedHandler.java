package dev.mtls.boot.security;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.csrf.CsrfException;

import dev.mtls.boot.web.servlet.ProblemResponse;

/**
 * Answers a request whose peer lacks an authority with status 403 and a problem document
 * (RFC 9457). A request without the right CSRF token is no matter of the peer and is
 * answered as without this handler.
 */
public final class MtlsAccessDeniedHandler implements AccessDeniedHandler {

	private final AccessDeniedHandler others = new AccessDeniedHandlerImpl();

	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException ex)
			throws IOException, ServletException {
		if (ex instanceof CsrfException || response.isCommitted()) {
			this.others.handle(request, response, ex);
			return;
		}
		ProblemResponse.write(Problems.forbidden(), response);
	}

}
