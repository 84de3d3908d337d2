package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.WebFilterChainProxy;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;
import org.springframework.security.web.server.authentication.ReactivePreAuthenticatedAuthenticationManager;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.WebFilter;

/**
 * Tests for {@link MtlsServerConfigurer} and {@link CrossOriginServerProtection} in
 * chains that {@code ServerHttpSecurity} makes.
 */
class MtlsServerConfigurerTests {

	private final SecuredGate site = new SecuredGate("dns:root = ROLE_ADMIN");

	private @Nullable ReactiveUserDetailsService users;

	@Test
	void mtlsAuthenticatesPeers() {
		chain((http, authenticator) -> MtlsServerConfigurer.mtls(authenticator).customize(http), (client) -> {
			assertServed(get(client, "/private", this.site.client("alice")), "alice");
			assertServed(get(client, "/admin", this.site.client("root")), "root");
			get(client, "/public").expectStatus().isOk();
			assertRefused(get(client, "/private"), 401, "certificate-missing");
			assertRefused(get(client, "/admin", this.site.client("alice")), 403, "identity-not-allowed");
			assertRefused(get(client, "/private", new SecuredGate().client("alice")), 401, "issuer-unknown");
		});
	}

	@Test
	void authoritiesMapperGivesFurtherAuthorities() {
		chain((http, authenticator) -> MtlsServerConfigurer.mtls(authenticator)
			.authoritiesMapper((peer) -> AuthorityUtils.createAuthorityList("ROLE_ADMIN"))
			.customize(http), (client) -> assertServed(get(client, "/admin", this.site.client("alice")), "alice"));
	}

	@Test
	void userDetailsServiceTakesThePlaceOfThatOfTheAuthenticator() {
		this.users = users("alice");
		chain((http, authenticator) -> MtlsServerConfigurer.mtls(authenticator)
			.userDetailsService(users("bob"))
			.customize(http), (client) -> {
				assertServed(get(client, "/admin", this.site.client("bob")), "bob");
				assertRefused(get(client, "/private", this.site.client("alice")), 401, "identity-not-allowed");
			});
	}

	@Test
	void userDetailsServiceWhenNotGivenIsThatOfTheAuthenticator() {
		this.users = users("alice");
		chain((http, authenticator) -> MtlsServerConfigurer.mtls(authenticator).customize(http), (client) -> {
			assertServed(get(client, "/admin", this.site.client("alice")), "alice");
			assertRefused(get(client, "/private", this.site.client("bob")), 401, "identity-not-allowed");
		});
	}

	@Test
	void exceptionHandlingAfterItSetsOthers() {
		chain((http, authenticator) -> {
			MtlsServerConfigurer.mtls(authenticator).customize(http);
			http.exceptionHandling((exceptions) -> exceptions
				.authenticationEntryPoint(new HttpStatusServerEntryPoint(HttpStatus.LOCKED)));
		}, (client) -> get(client, "/private").expectStatus().isEqualTo(HttpStatus.LOCKED));
	}

	@Test
	void x509OfSpringSecurityIsWhatItWasInTheSameChain() {
		this.users = users("alice");
		chain((http, authenticator) -> {
			MtlsServerConfigurer.mtls(authenticator).customize(http);
			http.x509((x509) -> x509
				.authenticationManager(new ReactivePreAuthenticatedAuthenticationManager(users("alice"))));
		}, (client) -> assertServed(get(client, "/private", this.site.client("alice")), "alice"));
	}

	@Test
	void crossOriginProtectionRefusesWhatAnotherOriginSends() {
		chain((http, authenticator) -> {
			MtlsServerConfigurer.mtls(authenticator).customize(http);
			http.csrf(new CrossOriginServerProtection());
		}, (client) -> {
			for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE)) {
				WebTestClient peer = client.apply(this.site.client("alice"));
				peer.method(method)
					.uri("/private")
					.header("Sec-Fetch-Site", "cross-site")
					.exchange()
					.expectStatus()
					.isForbidden()
					.expectHeader()
					.doesNotExist(HttpHeaders.SET_COOKIE);
				peer.method(method)
					.uri("https://localhost/private")
					.header("Origin", "https://evil.example.org")
					.exchange()
					.expectStatus()
					.isForbidden();
				peer.method(method).uri("/private").exchange().expectStatus().isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
				peer.method(method)
					.uri("https://localhost/private")
					.header("Origin", "https://localhost")
					.exchange()
					.expectStatus()
					.isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
			}
		});
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

	private static WebTestClient.ResponseSpec get(Client client, String path, X509Certificate... chain) {
		return client.apply(chain).get().uri(path).exchange();
	}

	private static ReactiveUserDetailsService users(String name) {
		return new MapReactiveUserDetailsService(
				User.withUsername(name).password("{noop}secret").roles("ADMIN").build());
	}

	private static WebFilter connection(X509Certificate... chain) {
		return (exchange, next) -> (chain.length == 0) ? next.filter(exchange) : next
			.filter(exchange.mutate().request((request) -> request.sslInfo(SslInfo.from("session", chain))).build());
	}

	private void chain(Chain chain, Consumer<Client> test) {
		new ReactiveWebApplicationContextRunner().withUserConfiguration(ChainConfiguration.class)
			.withBean(Chain.class, () -> chain)
			.withBean(ReactivePeerAuthenticator.class,
					() -> new ReactivePeerAuthenticator(this.site.gate(), List.of(), this.users))
			.run((context) -> {
				WebFilterChainProxy proxy = context.getBean(WebFilterChainProxy.class);
				test.accept((certificates) -> WebTestClient.bindToController(new ResourceController())
					.webFilter(connection(certificates), proxy)
					.build());
			});
	}

	/**
	 * A client of the chain with a certificate, or none.
	 */
	private interface Client {

		WebTestClient apply(X509Certificate... chain);

	}

	/**
	 * What a test adds to a chain.
	 */
	private interface Chain {

		void configure(ServerHttpSecurity http, ReactivePeerAuthenticator authenticator);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFluxSecurity
	static class ChainConfiguration {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http, ReactivePeerAuthenticator authenticator, Chain chain) {
			http.authorizeExchange((exchanges) -> exchanges.pathMatchers("/public")
				.permitAll()
				.pathMatchers("/admin")
				.hasRole("ADMIN")
				.anyExchange()
				.authenticated());
			chain.configure(http, authenticator);
			return http.build();
		}

	}

}
