package dev.mtls.integration;

import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationProvider;
import org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servletapi.SecurityContextHolderAwareRequestFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

import dev.mtls.boot.security.MtlsAccessDeniedHandler;
import dev.mtls.boot.security.MtlsAuthenticationEntryPoint;
import dev.mtls.boot.security.MtlsAuthenticationFilter;
import dev.mtls.boot.security.MtlsAuthenticationProvider;
import dev.mtls.boot.security.PeerAuthenticator;

/**
 * Chains of Spring Security in a servlet application, made by hand as far as
 * {@code HttpSecurity} would make them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletSecurity {

	private static final int ORDER = -100;

	@Bean
	FilterRegistrationBean<FilterChainProxy> security(PeerAuthenticator authenticator) throws ServletException {
		FilterRegistrationBean<FilterChainProxy> registration = new FilterRegistrationBean<>(
				new FilterChainProxy(List.of(x509(), mtls(authenticator))));
		registration.setOrder(ORDER);
		registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
		return registration;
	}

	private static SecurityFilterChain mtls(PeerAuthenticator authenticator) throws ServletException {
		ExceptionTranslationFilter translation = new ExceptionTranslationFilter(new MtlsAuthenticationEntryPoint(),
				new NullRequestCache());
		translation.setAccessDeniedHandler(new MtlsAccessDeniedHandler());
		AuthorizationManager<HttpServletRequest> authorization = (authentication,
				request) -> switch (request.getRequestURI()) {
					case "/public" -> new AuthorizationDecision(true);
					case "/bound" -> new AuthorizationDecision(isBound(request.getQueryString()));
					case "/admin" -> AuthorityAuthorizationManager.hasRole("ADMIN").authorize(authentication, request);
					default -> AuthenticatedAuthorizationManager.authenticated().authorize(authentication, request);
				};
		return new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE, contexts(),
				new MtlsAuthenticationFilter(new ProviderManager(new MtlsAuthenticationProvider(authenticator))),
				userPrincipal(), new AnonymousAuthenticationFilter("key"), translation,
				new AuthorizationFilter(authorization));
	}

	// As the validator of Spring Security for certificate-bound tokens (RFC 8705, section
	// 3.1) finds the certificate
	private static boolean isBound(@Nullable String thumbprint) {
		RequestAttributes request = RequestContextHolder.currentRequestAttributes();
		return request.getAttribute("jakarta.servlet.request.X509Certificate",
				RequestAttributes.SCOPE_REQUEST) instanceof X509Certificate[] chain
				&& SecurityTests.thumbprint(chain[0]).equals(thumbprint);
	}

	private static SecurityFilterChain x509() throws ServletException {
		PreAuthenticatedAuthenticationProvider provider = new PreAuthenticatedAuthenticationProvider();
		provider.setPreAuthenticatedUserDetailsService(
				(token) -> new User(token.getName(), "", AuthorityUtils.createAuthorityList("ROLE_X509")));
		X509AuthenticationFilter filter = new X509AuthenticationFilter();
		filter.setAuthenticationManager(new ProviderManager(provider));
		filter.setSecurityContextRepository(new RequestAttributeSecurityContextRepository());
		return new DefaultSecurityFilterChain((request) -> request.getRequestURI().equals("/x509"), contexts(), filter,
				userPrincipal(), new AnonymousAuthenticationFilter("key"),
				new ExceptionTranslationFilter(new HttpStatusEntryPoint(HttpStatus.FORBIDDEN), new NullRequestCache()),
				new AuthorizationFilter(AuthenticatedAuthorizationManager.authenticated()));
	}

	private static Filter contexts() {
		return new SecurityContextHolderFilter(new RequestAttributeSecurityContextRepository());
	}

	private static Filter userPrincipal() throws ServletException {
		SecurityContextHolderAwareRequestFilter filter = new SecurityContextHolderAwareRequestFilter();
		filter.afterPropertiesSet();
		return filter;
	}

}
