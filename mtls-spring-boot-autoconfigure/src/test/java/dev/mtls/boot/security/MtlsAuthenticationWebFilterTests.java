package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthenticatedReactiveAuthorizationManager;
import org.springframework.security.authorization.AuthorityReactiveAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.MatcherSecurityWebFilterChain;
import org.springframework.security.web.server.WebFilterChainProxy;
import org.springframework.security.web.server.authentication.AnonymousAuthenticationWebFilter;
import org.springframework.security.web.server.authorization.AuthorizationWebFilter;
import org.springframework.security.web.server.authorization.ExceptionTranslationWebFilter;
import org.springframework.security.web.server.context.ReactorContextWebFilter;
import org.springframework.security.web.server.context.SecurityContextServerWebExchangeWebFilter;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.security.web.server.csrf.CsrfException;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsAuthenticationWebFilter}, its entry point and its handler in a
 * chain like that which Spring Security makes by default.
 */
class MtlsAuthenticationWebFilterTests {

	private final SecuredGate site = new SecuredGate("dns:root = ROLE_ADMIN");

	private @Nullable ReactiveUserDetailsService users;

	private @Nullable Authentication kept;

	@Test
	void requestOfAdmittedPeerIsAuthenticated() {
		assertServed(get("/private", this.site.client("alice")), "alice");
		assertServed(get("/admin", this.site.client("root")), "root");
	}

	@Test
	void requestWithoutCertificateIsUnauthorizedUnlessItIsPublic() {
		assertRefused(get("/private"), 401, "certificate-missing");
		assertServed(get("/public"), "anonymousUser");
	}

	@Test
	void requestOfPeerWithoutAuthorityIsForbidden() {
		assertRefused(get("/admin", this.site.client("alice")), 403, "identity-not-allowed");
	}

	@Test
	void requestOfPeerThatIsNoLongerAllowedIsUnauthorized() {
		X509Certificate[] alice = this.site.client("alice");
		assertServed(get("/private", alice), "alice");
		this.site.allowOnly("dns:bob");
		assertRefused(get("/private", alice), 401, "identity-not-allowed");
		assertServed(get("/public", alice), "anonymousUser");
		assertServed(get("/private", this.site.client("bob")), "bob");
	}

	@Test
	void requestOfPeerOfAnotherAuthorityIsUnauthorized() {
		assertRefused(get("/private", new SecuredGate().client("alice")), 401, "issuer-unknown");
	}

	@Test
	void requestOfPeerThatIsNoUserIsUnauthorizedUnlessItIsPublic() {
		this.users = new MapReactiveUserDetailsService(
				User.withUsername("alice").password("unused").roles("ADMIN").build(),
				User.withUsername("bob").password("unused").roles("ADMIN").disabled(true).build());
		assertServed(get("/admin", this.site.client("alice")), "alice");
		for (String name : List.of("bob", "root")) {
			assertRefused(get("/private", this.site.client(name)), 401, "identity-not-allowed");
			assertServed(get("/public", this.site.client(name)), "anonymousUser");
		}
	}

	@Test
	void requestInSessionOfPeerHasTheIdentityOfItsOwnConnection() {
		this.kept = new PeerAuthenticator(this.site.gate(), List.of(), null)
			.authenticate(List.of(this.site.client("root")));
		assertServed(get("/private", this.site.client("alice")), "alice");
		assertRefused(get("/admin", this.site.client("alice")), 403, "identity-not-allowed");
		assertRefused(get("/admin"), 401, "certificate-missing");
		assertRefused(get("/admin", new SecuredGate().client("root")), 401, "issuer-unknown");
	}

	@Test
	void requestThatIsOtherwiseAuthenticatedStaysSo() {
		this.kept = new TestingAuthenticationToken("login", "secret", List.of());
		assertServed(get("/private", this.site.client("alice")), "login");
	}

	@Test
	void requestWithoutCsrfTokenIsForbiddenWithoutReason() {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/"));
		new MtlsServerAccessDeniedHandler().handle(exchange, new CsrfException("token")).block();
		assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
		assertThat(exchange.getResponse().getBodyAsString().block()).doesNotContain("reason");
	}

	private static void assertServed(WebTestClient.ResponseSpec response, String name) {
		response.expectStatus().isOk().expectBody(String.class).isEqualTo(name);
	}

	private static void assertRefused(WebTestClient.ResponseSpec response, int status, String reason) {
		response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.reason")
			.isEqualTo(reason);
	}

	private WebTestClient.ResponseSpec get(String path, X509Certificate... chain) {
		return WebTestClient.bindToController(new ResourceController())
			.webFilter(connection(chain), security())
			.build()
			.get()
			.uri(path)
			.exchange();
	}

	private static WebFilter connection(X509Certificate... chain) {
		return (exchange, next) -> (chain.length == 0) ? next.filter(exchange) : next
			.filter(exchange.mutate().request((request) -> request.sslInfo(SslInfo.from("session", chain))).build());
	}

	private WebFilterChainProxy security() {
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
		return new WebFilterChainProxy(new MatcherSecurityWebFilterChain(ServerWebExchangeMatchers.anyExchange(),
				List.of(new ReactorContextWebFilter(new Kept(this.kept)),
						new MtlsAuthenticationWebFilter(
								new ReactivePeerAuthenticator(this.site.gate(), List.of(), this.users)),
						new SecurityContextServerWebExchangeWebFilter(), new AnonymousAuthenticationWebFilter("key"),
						translation, new AuthorizationWebFilter(authorization))));
	}

	/**
	 * What a session keeps.
	 *
	 * @param authentication who was authenticated before, if anybody
	 */
	private record Kept(@Nullable Authentication authentication) implements ServerSecurityContextRepository {

		@Override
		public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
			return Mono.error(new AssertionError("Nothing is kept in a session"));
		}

		@Override
		public Mono<SecurityContext> load(ServerWebExchange exchange) {
			return (this.authentication != null) ? Mono.just(new SecurityContextImpl(this.authentication))
					: Mono.empty();
		}

	}

}
