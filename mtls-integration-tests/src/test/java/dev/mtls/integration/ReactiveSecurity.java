package dev.mtls.integration;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.authorization.AuthenticatedReactiveAuthorizationManager;
import org.springframework.security.authorization.AuthorityReactiveAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.preauth.x509.SubjectX500PrincipalExtractor;
import org.springframework.security.web.server.MatcherSecurityWebFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.WebFilterChainProxy;
import org.springframework.security.web.server.authentication.AnonymousAuthenticationWebFilter;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;
import org.springframework.security.web.server.authentication.ReactivePreAuthenticatedAuthenticationManager;
import org.springframework.security.web.server.authentication.ServerX509AuthenticationConverter;
import org.springframework.security.web.server.authorization.AuthorizationWebFilter;
import org.springframework.security.web.server.authorization.ExceptionTranslationWebFilter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.context.ReactorContextWebFilter;
import org.springframework.security.web.server.context.SecurityContextServerWebExchangeWebFilter;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.security.MtlsAuthenticationWebFilter;
import dev.mtls.boot.security.MtlsServerAccessDeniedHandler;
import dev.mtls.boot.security.MtlsServerAuthenticationEntryPoint;
import dev.mtls.boot.security.ReactivePeerAuthenticator;

/**
 * Chains of Spring Security in a reactive application, made by hand as far as
 * {@code ServerHttpSecurity} would make them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveSecurity {

	private static final int ORDER = -100;

	@Bean
	@Order(ORDER)
	WebFilterChainProxy security(ReactivePeerAuthenticator authenticator) {
		return new WebFilterChainProxy(List.of(x509(), mtls(authenticator)));
	}

	private static SecurityWebFilterChain mtls(ReactivePeerAuthenticator authenticator) {
		ExceptionTranslationWebFilter translation = new ExceptionTranslationWebFilter();
		translation.setAuthenticationEntryPoint(new MtlsServerAuthenticationEntryPoint());
		translation.setAccessDeniedHandler(new MtlsServerAccessDeniedHandler());
		ReactiveAuthorizationManager<ServerWebExchange> authorization = (authentication,
				exchange) -> switch (exchange.getRequest().getPath().value()) {
					case "/public" -> Mono.just(new AuthorizationDecision(true));
					case "/admin" ->
						AuthorityReactiveAuthorizationManager.hasRole("ADMIN").authorize(authentication, exchange);
					default ->
						AuthenticatedReactiveAuthorizationManager.authenticated().authorize(authentication, exchange);
				};
		return new MatcherSecurityWebFilterChain(ServerWebExchangeMatchers.anyExchange(),
				filters(new MtlsAuthenticationWebFilter(authenticator), translation,
						new AuthorizationWebFilter(authorization)));
	}

	private static SecurityWebFilterChain x509() {
		AuthenticationWebFilter filter = new AuthenticationWebFilter(new ReactivePreAuthenticatedAuthenticationManager(
				(name) -> Mono.just(User.withUsername(name).password("").authorities("ROLE_X509").build())));
		filter.setServerAuthenticationConverter(
				new ServerX509AuthenticationConverter(new SubjectX500PrincipalExtractor()));
		ExceptionTranslationWebFilter translation = new ExceptionTranslationWebFilter();
		translation.setAuthenticationEntryPoint(new HttpStatusServerEntryPoint(HttpStatus.FORBIDDEN));
		return new MatcherSecurityWebFilterChain(new PathPatternParserServerWebExchangeMatcher("/x509"), filters(filter,
				translation, new AuthorizationWebFilter(AuthenticatedReactiveAuthorizationManager.authenticated())));
	}

	private static List<WebFilter> filters(WebFilter authentication, WebFilter translation, WebFilter authorization) {
		return List.of(new ReactorContextWebFilter(NoOpServerSecurityContextRepository.getInstance()), authentication,
				new SecurityContextServerWebExchangeWebFilter(), new AnonymousAuthenticationWebFilter("key"),
				translation, authorization);
	}

}
