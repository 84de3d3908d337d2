package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.MissingCsrfTokenException;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servletapi.SecurityContextHolderAwareRequestFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsAuthenticationFilter}, its entry point and its handler in a chain
 * like that which Spring Security makes by default, with sessions.
 */
class MtlsAuthenticationFilterTests {

	private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

	private final SecuredGate site = new SecuredGate("dns:root = ROLE_ADMIN");

	@Test
	void requestOfAdmittedPeerIsAuthenticated() {
		assertThat(get("/private", this.site.client("alice"))).hasStatusOk().hasBodyTextEqualTo("alice");
		assertThat(get("/admin", this.site.client("root"))).hasStatusOk().hasBodyTextEqualTo("root");
	}

	@Test
	void requestOfAdmittedPeerKeepsContextForItsOtherDispatches() {
		MvcTestResult result = get("/private", this.site.client("alice"));
		assertThat(
				result.getRequest().getAttribute(RequestAttributeSecurityContextRepository.DEFAULT_REQUEST_ATTR_NAME))
			.isInstanceOfSatisfying(SecurityContext.class, (context) -> assertThat(context.getAuthentication())
				.isInstanceOfSatisfying(MtlsAuthentication.class, (authentication) -> {
					assertThat(authentication.getName()).isEqualTo("alice");
					assertThat(authentication.getDetails()).isInstanceOf(WebAuthenticationDetails.class);
				}));
	}

	@Test
	void requestWithoutCertificateIsUnauthorizedUnlessItIsPublic() {
		assertRefused(get("/private"), 401, "certificate-missing");
		assertThat(get("/public")).hasStatusOk().hasBodyTextEqualTo(ResourceController.NOBODY);
	}

	@Test
	void requestOfPeerWithoutAuthorityIsForbidden() {
		assertRefused(get("/admin", this.site.client("alice")), 403, "identity-not-allowed");
	}

	@Test
	void requestOfPeerThatIsNoLongerAllowedIsUnauthorized() {
		X509Certificate[] alice = this.site.client("alice");
		assertThat(get("/private", alice)).hasStatusOk();
		this.site.allowOnly("dns:bob");
		assertRefused(get("/private", alice), 401, "identity-not-allowed");
		assertThat(get("/public", alice)).hasBodyTextEqualTo(ResourceController.NOBODY);
		assertThat(get("/private", this.site.client("bob"))).hasStatusOk();
	}

	@Test
	void requestOfPeerOfAnotherAuthorityIsUnauthorized() {
		assertRefused(get("/private", new SecuredGate().client("alice")), 401, "issuer-unknown");
	}

	@Test
	void requestOfPeerThatIsNoUserIsUnauthorizedUnlessItIsPublic() {
		UserDetailsService users = new InMemoryUserDetailsManager(
				User.withUsername("alice").password("unused").roles("ADMIN").build(),
				User.withUsername("bob").password("unused").roles("ADMIN").disabled(true).build());
		assertThat(get(tester(users), "/admin", null, this.site.client("alice"))).hasStatusOk();
		for (String name : List.of("bob", "root")) {
			assertRefused(get(tester(users), "/private", null, this.site.client(name)), 401, "identity-not-allowed");
			assertThat(get(tester(users), "/public", null, this.site.client(name)))
				.hasBodyTextEqualTo(ResourceController.NOBODY);
		}
	}

	@Test
	void requestMakesNoSession() {
		for (MvcTestResult result : List.of(get("/private", this.site.client("alice")),
				get("/admin", this.site.client("alice")), get("/private"))) {
			assertThat(result.getRequest().getSession(false)).isNull();
		}
	}

	@Test
	void requestInSessionOfPeerHasTheIdentityOfItsOwnConnection() {
		Authentication root = authenticationOf(this.site.client("root"));
		MockHttpSession session = new MockHttpSession();
		keep(root, session);
		assertThat(get(tester(null), "/private", session, this.site.client("alice"))).hasBodyTextEqualTo("alice");
		assertRefused(get(tester(null), "/admin", session, this.site.client("alice")), 403, "identity-not-allowed");
		assertRefused(get(tester(null), "/admin", session), 401, "certificate-missing");
		assertRefused(get(tester(null), "/admin", session, new SecuredGate().client("root")), 401, "issuer-unknown");
		assertThat(session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY))
			.isEqualTo(new SecurityContextImpl(root));
	}

	@Test
	void requestThatIsOtherwiseAuthenticatedStaysSo() {
		MockHttpSession session = new MockHttpSession();
		keep(new TestingAuthenticationToken("login", "secret", List.of()), session);
		assertThat(get(tester(null), "/private", session, this.site.client("alice"))).hasBodyTextEqualTo("login");
	}

	@Test
	void requestWithoutCsrfTokenIsForbiddenWithoutReason() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		MtlsAccessDeniedHandler handler = new MtlsAccessDeniedHandler();
		handler.handle(new MockHttpServletRequest(), response, new MissingCsrfTokenException("token"));
		assertThat(response.getStatus()).isEqualTo(403);
		assertThat(response.getContentType()).isNull();
	}

	@Test
	void handleWhenResponseIsCommittedLeavesIt() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		response.flushBuffer();
		new MtlsAccessDeniedHandler().handle(new MockHttpServletRequest(), response, new AccessDeniedException("no"));
		assertThat(response.getStatus()).isEqualTo(200);
		assertThat(response.getContentAsString()).isEmpty();
	}

	private static void assertRefused(MvcTestResult result, int status, String reason) {
		assertThat(result).hasStatus(status)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.extractingPath("$.reason")
			.isEqualTo(reason);
	}

	private MvcTestResult get(String path, X509Certificate... chain) {
		return get(tester(null), path, null, chain);
	}

	private static MvcTestResult get(MockMvcTester tester, String path, @Nullable MockHttpSession session,
			X509Certificate... chain) {
		return tester.get().uri(path).with((request) -> {
			if (chain.length > 0) {
				request.setAttribute(ATTRIBUTE, chain);
			}
			if (session != null) {
				request.setSession(session);
			}
			return request;
		}).exchange();
	}

	private Authentication authenticationOf(X509Certificate... chain) {
		return new PeerAuthenticator(this.site.gate(), List.of(), null).authenticate(List.of(chain));
	}

	private static void keep(Authentication authentication, MockHttpSession session) {
		session.setAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY,
				new SecurityContextImpl(authentication));
	}

	private MockMvcTester tester(@Nullable UserDetailsService users) {
		PeerAuthenticator authenticator = new PeerAuthenticator(this.site.gate(), List.of(), users);
		ExceptionTranslationFilter translation = new ExceptionTranslationFilter(new MtlsAuthenticationEntryPoint(),
				new NullRequestCache());
		translation.setAccessDeniedHandler(new MtlsAccessDeniedHandler());
		AuthorizationManager<HttpServletRequest> authorization = (authentication,
				request) -> switch (request.getRequestURI()) {
					case "/public" -> new AuthorizationDecision(true);
					case "/admin" -> AuthorityAuthorizationManager.hasRole("ADMIN").authorize(authentication, request);
					default -> AuthenticatedAuthorizationManager.authenticated().authorize(authentication, request);
				};
		List<Filter> filters = List.of(
				new SecurityContextHolderFilter(new DelegatingSecurityContextRepository(
						new RequestAttributeSecurityContextRepository(), new HttpSessionSecurityContextRepository())),
				new MtlsAuthenticationFilter(new ProviderManager(new MtlsAuthenticationProvider(authenticator))),
				userPrincipal(), new AnonymousAuthenticationFilter("key"), translation,
				new AuthorizationFilter(authorization));
		FilterChainProxy proxy = new FilterChainProxy(
				new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE, filters));
		return MockMvcTester.of(List.of(new ResourceController()), (builder) -> builder.addFilters(proxy).build());
	}

	private static Filter userPrincipal() {
		SecurityContextHolderAwareRequestFilter filter = new SecurityContextHolderAwareRequestFilter();
		try {
			filter.afterPropertiesSet();
		}
		catch (ServletException ex) {
			throw new IllegalStateException(ex);
		}
		return filter;
	}

}
