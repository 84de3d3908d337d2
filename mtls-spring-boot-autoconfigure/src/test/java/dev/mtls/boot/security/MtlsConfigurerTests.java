package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsConfigurer} and {@link CrossOriginProtection} in chains that
 * {@code HttpSecurity} makes.
 */
class MtlsConfigurerTests {

	private final SecuredGate site = new SecuredGate("dns:root = ROLE_ADMIN");

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withUserConfiguration(ChainConfiguration.class);

	private @Nullable UserDetailsService users;

	@Test
	void mtlsAuthenticatesPeers() {
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()), (tester) -> {
			assertThat(get(tester, "/private", this.site.client("alice"))).hasBodyTextEqualTo("alice");
			assertThat(get(tester, "/admin", this.site.client("root"))).hasBodyTextEqualTo("root");
			assertThat(get(tester, "/public")).hasBodyTextEqualTo(ResourceController.NOBODY);
			assertRefused(get(tester, "/private"), 401, "certificate-missing");
			assertRefused(get(tester, "/admin", this.site.client("alice")), 403, "identity-not-allowed");
			assertRefused(get(tester, "/private", new SecuredGate().client("alice")), 401, "issuer-unknown");
		});
	}

	@Test
	void mtlsTakesThePlaceOfX509Authentication() {
		this.runner.withBean(Chain.class, () -> (http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()))
			.withBean(PeerAuthenticator.class, this::authenticator)
			.run((context) -> {
				List<Filter> filters = context.getBean(SecurityFilterChain.class).getFilters();
				assertThat(filters).hasAtLeastOneElementOfType(MtlsAuthenticationFilter.class)
					.doesNotHaveAnyElementsOfTypes(X509AuthenticationFilter.class);
			});
	}

	@Test
	void authoritiesMapperIsAskedAfterThoseOfTheAuthenticator() {
		AuthoritiesMapper first = (peer) -> AuthorityUtils.createAuthorityList("FIRST");
		AuthoritiesMapper second = (peer) -> AuthorityUtils.createAuthorityList("SECOND");
		AuthoritiesMapper third = (peer) -> AuthorityUtils.createAuthorityList("THIRD");
		PeerAuthenticator authenticator = new PeerAuthenticator(this.site.gate(), List.of(first), null);
		chain((http) -> http.with(MtlsConfigurer.mtls(),
				(mtls) -> mtls.authenticator(authenticator).authoritiesMapper(second).authoritiesMapper(third)),
				(tester) -> assertThat(authorities(get(tester, "/private", this.site.client("root"))))
					.containsExactly("FACTOR_X509", "ROLE_ADMIN", "FIRST", "SECOND", "THIRD"));
	}

	@Test
	void userDetailsServiceTakesThePlaceOfThatOfTheAuthenticator() {
		this.users = users("alice");
		chain((http) -> http.with(MtlsConfigurer.mtls(), (mtls) -> mtls.userDetailsService(users("bob"))), (tester) -> {
			assertThat(authorities(get(tester, "/private", this.site.client("bob")))).containsExactly("FACTOR_X509",
					"ROLE_CLERK");
			assertRefused(get(tester, "/private", this.site.client("alice")), 401, "identity-not-allowed");
		});
	}

	@Test
	void userDetailsServiceWhenNotGivenIsThatOfTheAuthenticator() {
		this.users = users("alice");
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()), (tester) -> {
			assertThat(get(tester, "/private", this.site.client("alice"))).hasStatusOk();
			assertRefused(get(tester, "/private", this.site.client("bob")), 401, "identity-not-allowed");
		});
	}

	@Test
	void authenticationDetailsSourceIsAsked() {
		chain((http) -> http.with(MtlsConfigurer.mtls(),
				(mtls) -> mtls.authenticationDetailsSource((request) -> "details")),
				(tester) -> assertThat(authentication(get(tester, "/private", this.site.client("alice"))))
					.extracting("details")
					.isEqualTo("details"));
	}

	@Test
	void mtlsWithoutAuthenticatorFailsTheStart() {
		this.runner.withBean(Chain.class, () -> (http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("mtls.server.certificate")
				.hasMessageContaining("authenticator()"));
	}

	@Test
	void mtlsWithoutExceptionHandlingLeavesItOff() {
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
			.exceptionHandling(AbstractHttpConfigurer::disable),
				(tester) -> assertThat(get(tester, "/private", this.site.client("alice"))).hasStatusOk());
	}

	@Test
	void browserIsSentToTheLoginPageInEitherOrder() {
		List<Chain> chains = List.of(
				(http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
					.formLogin(Customizer.withDefaults()),
				(http) -> http.formLogin(Customizer.withDefaults())
					.with(MtlsConfigurer.mtls(), Customizer.withDefaults()));
		this.users = users("alice");
		for (Chain chain : chains) {
			chain(chain, (tester) -> {
				assertThat(exchange(tester, HttpMethod.GET, "/private", HttpHeaders.ACCEPT, "text/html"))
					.hasRedirectedUrl("/login");
				assertRefused(exchange(tester, HttpMethod.GET, "/private", HttpHeaders.ACCEPT, "application/json"), 401,
						"certificate-missing");
				assertThat(exchange(tester, HttpMethod.GET, "/private", HttpHeaders.ACCEPT,
						"text/html, text/plain;q=0.5", this.site.client("alice")))
					.hasStatusOk();
			});
		}
	}

	@Test
	void browserWithoutCertificateAndLoginPageIsUnauthorized() {
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()),
				(tester) -> assertRefused(exchange(tester, HttpMethod.GET, "/private", HttpHeaders.ACCEPT, "text/html"),
						401, "certificate-missing"));
	}

	@Test
	void requestThatIsOtherwiseAuthenticatedAndNeedsACertificateIsUnauthorized() {
		this.users = users("alice");
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
			.httpBasic(Customizer.withDefaults()), (tester) -> {
				String basic = "Basic " + HttpHeaders.encodeBasicAuth("alice", "secret", null);
				assertThat(exchange(tester, HttpMethod.GET, "/private", HttpHeaders.AUTHORIZATION, basic))
					.hasBodyTextEqualTo("alice");
				assertRefused(exchange(tester, HttpMethod.GET, "/factor", HttpHeaders.AUTHORIZATION, basic), 401,
						"certificate-missing");
			});
	}

	@Test
	void x509OfSpringSecurityIsWhatItWasInTheSameChain() {
		this.users = users("alice", "bob");
		List<Chain> chains = List.of(
				(http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()).x509(Customizer.withDefaults()),
				(http) -> http.x509(Customizer.withDefaults()).with(MtlsConfigurer.mtls(), Customizer.withDefaults()));
		for (Chain chain : chains) {
			chain(chain, (tester) -> {
				assertThat(get(tester, "/private", this.site.client("alice"))).hasBodyTextEqualTo("alice");
				assertRefused(get(tester, "/private"), 401, "certificate-missing");
			});
		}
	}

	@Test
	void crossOriginProtectionRefusesWhatAnotherOriginSendsAndMakesNoSession() {
		chain((http) -> http.with(MtlsConfigurer.mtls(), Customizer.withDefaults()).csrf(new CrossOriginProtection()),
				(tester) -> {
					X509Certificate[] alice = this.site.client("alice");
					for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH,
							HttpMethod.DELETE)) {
						MvcTestResult refused = exchange(tester, method, "/private", "Sec-Fetch-Site", "cross-site",
								alice);
						assertThat(refused).hasStatus(403);
						assertThat(refused.getRequest().getSession(false)).isNull();
						assertThat(refused.getResponse().getCookies()).isEmpty();
						assertThat(exchange(tester, method, "/private", "Sec-Fetch-Site", "same-origin", alice))
							.hasStatus(405);
						assertThat(exchange(tester, method, "/private", "User-Agent", "curl", alice)).hasStatus(405);
						assertThat(exchange(tester, method, "/private", "Origin", "http://localhost", alice))
							.hasStatus(405);
						assertThat(exchange(tester, method, "/private", "Origin", "http://localhost:81", alice))
							.hasStatus(403);
					}
					assertThat(exchange(tester, HttpMethod.GET, "/private", "Sec-Fetch-Site", "cross-site", alice))
						.hasStatusOk();
				});
	}

	private static void assertRefused(MvcTestResult result, int status, String reason) {
		assertThat(result).hasStatus(status)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyJson()
			.extractingPath("$.reason")
			.isEqualTo(reason);
	}

	private static Authentication authentication(MvcTestResult result) {
		SecurityContext context = (SecurityContext) Objects.requireNonNull(
				result.getRequest().getAttribute(RequestAttributeSecurityContextRepository.DEFAULT_REQUEST_ATTR_NAME));
		return Objects.requireNonNull(context.getAuthentication());
	}

	private static List<String> authorities(MvcTestResult result) {
		return authentication(result).getAuthorities().stream().map(GrantedAuthority::getAuthority).toList();
	}

	private static MvcTestResult get(MockMvcTester tester, String path, X509Certificate... chain) {
		return exchange(tester, HttpMethod.GET, path, HttpHeaders.ACCEPT, "*/*", chain);
	}

	private static MvcTestResult exchange(MockMvcTester tester, HttpMethod method, String path, String header,
			String value, X509Certificate... chain) {
		return tester.method(method).uri(path).header(header, value).with(presenting(chain)::apply).exchange();
	}

	private static Function<MockHttpServletRequest, MockHttpServletRequest> presenting(X509Certificate... chain) {
		return (request) -> {
			if (chain.length > 0) {
				request.setAttribute("jakarta.servlet.request.X509Certificate", chain);
			}
			return request;
		};
	}

	private static UserDetailsService users(String... names) {
		InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
		for (String name : names) {
			users.createUser(User.withUsername(name).password("{noop}secret").roles("CLERK").build());
		}
		return users;
	}

	private PeerAuthenticator authenticator() {
		return new PeerAuthenticator(this.site.gate(), List.of(), this.users);
	}

	private void chain(Chain chain, Consumer<MockMvcTester> test) {
		WebApplicationContextRunner runner = this.runner.withBean(Chain.class, () -> chain)
			.withBean(PeerAuthenticator.class, this::authenticator);
		((this.users != null) ? runner.withBean(UserDetailsService.class, () -> this.users) : runner).run((context) -> {
			assertThat(context).hasNotFailed();
			FilterChainProxy proxy = context.getBean(FilterChainProxy.class);
			test.accept(MockMvcTester.of(List.of(new ResourceController()),
					(builder) -> builder.addFilters(proxy).build()));
		});
	}

	/**
	 * What a test adds to a chain.
	 */
	private interface Chain {

		void configure(HttpSecurity http);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class ChainConfiguration {

		@Bean
		SecurityFilterChain chain(HttpSecurity http, Chain chain) {
			http.authorizeHttpRequests((requests) -> requests.requestMatchers("/public")
				.permitAll()
				.requestMatchers("/admin")
				.hasRole("ADMIN")
				.requestMatchers("/factor")
				.hasAuthority("FACTOR_X509")
				.anyRequest()
				.authenticated());
			chain.configure(http);
			return http.build();
		}

	}

}
