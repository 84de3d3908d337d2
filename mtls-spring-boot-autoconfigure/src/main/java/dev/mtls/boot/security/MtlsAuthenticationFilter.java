package dev.mtls.boot.security;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationDetailsSource;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.WebAttributes;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

import dev.mtls.boot.web.servlet.PeerOfRequest;

/**
 * Authenticates the peer of each request, in the place of Spring Security's
 * {@link org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter}.
 * <p>
 * Nothing is kept in a session. A request without certificate, or whose peer cannot be
 * authenticated, goes on without authentication, so that another filter may authenticate
 * it and public resources stay so; whoever is already authenticated in another way stays
 * so too. It belongs into a chain of Spring Security and is no bean, which Spring Boot
 * would put in front of all requests.
 */
public final class MtlsAuthenticationFilter extends OncePerRequestFilter {

	private final AuthenticationManager authenticationManager;

	private AuthenticationDetailsSource<HttpServletRequest, ?> details = new WebAuthenticationDetailsSource();

	// For the other dispatches of the same request
	private final SecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

	private SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();

	/**
	 * Create a filter.
	 * @param authenticationManager has a {@link MtlsAuthenticationProvider}
	 */
	public MtlsAuthenticationFilter(AuthenticationManager authenticationManager) {
		this.authenticationManager = authenticationManager;
	}

	/**
	 * Set the source of the details of an authentication, by default a
	 * {@link WebAuthenticationDetailsSource}.
	 * @param details the source
	 */
	public void setAuthenticationDetailsSource(AuthenticationDetailsSource<HttpServletRequest, ?> details) {
		this.details = details;
	}

	/**
	 * Set where the authentication is kept during the request, by default where
	 * {@link SecurityContextHolder} keeps it.
	 * @param holder the strategy
	 */
	public void setSecurityContextHolderStrategy(SecurityContextHolderStrategy holder) {
		this.holder = holder;
	}

	// What refused the request may have come before this filter, as protection against
	// cross-site request forgery does, and its error would be one of nobody
	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!MtlsAuthentication.isOtherwise(this.holder.getContext().getAuthentication())) {
			SecurityContext context = this.holder.createEmptyContext();
			context.setAuthentication(authenticate(request));
			this.holder.setContext(context);
			this.contexts.saveContext(context, request, response);
		}
		chain.doFilter(request, response);
	}

	private @Nullable Authentication authenticate(HttpServletRequest request) {
		List<X509Certificate> certificates = List.of(PeerOfRequest.certificates(request));
		if (certificates.isEmpty()) {
			return null;
		}
		MtlsAuthenticationRequest authentication = new MtlsAuthenticationRequest(certificates);
		authentication.setDetails(this.details.buildDetails(request));
		try {
			return this.authenticationManager.authenticate(authentication);
		}
		catch (AuthenticationException ex) {
			request.setAttribute(WebAttributes.AUTHENTICATION_EXCEPTION, ex);
			return null;
		}
	}

}
