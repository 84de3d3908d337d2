package dev.mtls.boot.security;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.WebAttributes;

import dev.mtls.boot.web.servlet.PeerOfRequest;
import dev.mtls.boot.web.servlet.ProblemResponse;

/**
 * Answers a request that needs authentication and has none with status 401 and a problem
 * document (RFC 9457) that names the reason. It carries no {@code WWW-Authenticate}
 * header, as there is no scheme for certificates.
 */
public final class MtlsAuthenticationEntryPoint implements AuthenticationEntryPoint {

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex)
			throws IOException {
		Object failure = request.getAttribute(WebAttributes.AUTHENTICATION_EXCEPTION);
		ProblemResponse.write(Problems.unauthorized(failure, PeerOfRequest.certificates(request)), response);
	}

}
