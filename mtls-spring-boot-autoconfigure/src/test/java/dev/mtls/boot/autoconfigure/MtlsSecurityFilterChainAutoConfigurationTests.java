package dev.mtls.boot.autoconfigure;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import jakarta.servlet.Filter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.WebFilterChainProxy;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.cors.reactive.PreFlightRequestHandler;
import reactor.core.publisher.Mono;

import dev.mtls.boot.security.MtlsAuthenticationFilter;
import dev.mtls.boot.security.MtlsAuthenticationWebFilter;
import dev.mtls.boot.security.PeerAuthenticator;
import dev.mtls.boot.security.ReactivePeerAuthenticator;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsSecurityFilterChainAutoConfiguration}.
 */
class MtlsSecurityFilterChainAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsAutoConfiguration.class,
			MtlsServerAutoConfiguration.class, MtlsSecurityAutoConfiguration.class,
			MtlsSecurityFilterChainAutoConfiguration.class, SslAutoConfiguration.class);

	private static final AutoConfigurations SERVLET = AutoConfigurations.of(SecurityAutoConfiguration.class,
			UserDetailsServiceAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class,
			ServletWebSecurityAutoConfiguration.class);

	private static final AutoConfigurations REACTIVE = AutoConfigurations.of(SecurityAutoConfiguration.class,
			ReactiveUserDetailsServiceAutoConfiguration.class, ReactiveManagementWebSecurityAutoConfiguration.class,
			ReactiveWebSecurityAutoConfiguration.class);

	private static MtlsTestFiles files;

	private WebApplicationContextRunner servlet;

	private ReactiveWebApplicationContextRunner reactive;

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@BeforeEach
	void configure() {
		this.servlet = new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withConfiguration(SERVLET)
			.withPropertyValues(files.serverProperties());
		this.reactive = new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withConfiguration(REACTIVE)
			.withPropertyValues(files.serverProperties());
	}

	@Test
	void contextWhenServletSuppliesChainInPlaceOfSpringBoots() {
		this.servlet.run((context) -> {
			assertThat(context).hasSingleBean(SecurityFilterChain.class).hasBean("mtlsSecurityFilterChain");
			List<Filter> filters = context.getBean(SecurityFilterChain.class).getFilters();
			assertThat(filters).hasAtLeastOneElementOfType(MtlsAuthenticationFilter.class)
				.hasAtLeastOneElementOfType(CsrfFilter.class)
				.doesNotHaveAnyElementsOfTypes(UsernamePasswordAuthenticationFilter.class, LogoutFilter.class);
		});
	}

	@Test
	void contextWhenReactiveSuppliesChainInPlaceOfSpringBoots() {
		this.reactive.run((context) -> {
			assertThat(context).hasSingleBean(SecurityWebFilterChain.class).hasBean("mtlsSecurityWebFilterChain");
			assertThat(context.getBean(SecurityWebFilterChain.class).getWebFilters().collectList().block())
				.hasAtLeastOneElementOfType(MtlsAuthenticationWebFilter.class)
				.hasAtLeastOneElementOfType(CsrfWebFilter.class);
		});
	}

	@Test
	void contextWhenThereAreEndpointsSuppliesChain() {
		AutoConfigurations endpoints = AutoConfigurations.of(EndpointAutoConfiguration.class,
				WebEndpointAutoConfiguration.class);
		this.servlet.withConfiguration(endpoints)
			.run((context) -> assertThat(context).hasSingleBean(SecurityFilterChain.class)
				.hasBean("mtlsSecurityFilterChain"));
		this.reactive.withConfiguration(endpoints)
			.run((context) -> assertThat(context).hasSingleBean(SecurityWebFilterChain.class)
				.hasBean("mtlsSecurityWebFilterChain"));
	}

	@Test
	void contextWhenThereIsAChainBacksOff() {
		this.servlet.withUserConfiguration(OwnChainConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(SecurityFilterChain.class)
				.hasBean("ownChain")
				.hasSingleBean(PeerAuthenticator.class));
		this.reactive.withUserConfiguration(OwnReactiveChainConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(SecurityWebFilterChain.class)
				.hasBean("ownChain")
				.hasSingleBean(ReactivePeerAuthenticator.class));
	}

	@Test
	void contextWhenMtlsIsOffLeavesSpringBootsChain() {
		this.servlet.withPropertyValues("mtls.server.enabled=false")
			.withBean("corsConfigurationSource", UrlBasedCorsConfigurationSource.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SecurityFilterChain.class)
				.doesNotHaveBean("mtlsSecurityFilterChain"));
		this.reactive.withPropertyValues("mtls.server.enabled=false")
			.withBean(PreFlightRequestHandler.class, () -> (exchange) -> Mono.empty())
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsSecurityWebFilterChain"));
	}

	@Test
	void contextWithoutActuatorSuppliesChain() {
		FilteredClassLoader without = new FilteredClassLoader("org.springframework.boot.actuate",
				"org.springframework.boot.health");
		this.servlet.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityFilterChain"));
		this.reactive.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityWebFilterChain"));
	}

	@Test
	void contextWhenSpringSecurityIsAbsentStarts() {
		assertStartsWithoutChain(
				new FilteredClassLoader("org.springframework.security", "org.springframework.boot.security"), false);
	}

	@Test
	void contextWhenSpringSecurityIsThereWithoutItsConfigurationStarts() {
		assertStartsWithoutChain(
				new FilteredClassLoader("org.springframework.security.config", "org.springframework.boot.security"),
				true);
	}

	@Test
	void contextWhenSpringSecurityIsThereWithoutSpringBootsModuleStarts() {
		assertStartsWithoutChain(new FilteredClassLoader("org.springframework.boot.security"), true);
	}

	@Test
	void contextWhenSpringSecurityIsThereWithoutResourceServerSuppliesChain() {
		FilteredClassLoader without = new FilteredClassLoader("org.springframework.security.oauth2", "com.nimbusds");
		this.servlet.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityFilterChain"));
		this.reactive.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityWebFilterChain"));
	}

	@Test
	void contextWhenNothingReactiveIsThereSuppliesChain() {
		this.servlet
			.withClassLoader(new FilteredClassLoader("io.netty", "reactor", "org.reactivestreams",
					"org.springframework.boot.reactor", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityFilterChain"));
	}

	@Test
	void contextWhenNoServletIsThereSuppliesReactiveChain() {
		this.reactive.withClassLoader(new FilteredClassLoader("jakarta.servlet"))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mtlsSecurityWebFilterChain"));
	}

	@Test
	void contextWhenAChainIsMadeForWhatIsConfiguredBacksOff() {
		this.servlet.withConfiguration(AutoConfigurations.of(ResourceServerAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(SecurityFilterChain.class).hasBean("tokens"));
	}

	@ParameterizedTest
	@CsvSource({ "/public/ping, 200", "/public, 200", "/private, 401", "/public/%70ing, 401", "/public//ping, 401",
			"/public/ping;a=b, 401", "/public/../private, 401", "/PUBLIC/ping, 401", "/actuator/health/liveness, 200",
			"/actuator/health/liveness/, 401" })
	void reactiveChainWhenPathsAreExcludedLetsThemThroughInTheirPlainForm(String path, int status) {
		this.reactive.withPropertyValues("mtls.server.excluded-paths=/public/**", "mtls.server.exclude-probes=true")
			.run((context) -> {
				MockServerWebExchange exchange = MockServerWebExchange
					.builder(MockServerHttpRequest.method(HttpMethod.GET, URI.create("https://localhost" + path)))
					.applicationContext(context.getSourceApplicationContext())
					.build();
				WebFilterChainProxy chain = new WebFilterChainProxy(context.getBean(SecurityWebFilterChain.class));
				// It would answer most of these paths by itself
				chain.setFirewall(ServerWebExchangeFirewall.INSECURE_NOOP);
				chain.filter(exchange, (served) -> {
					served.getResponse().setStatusCode(HttpStatus.OK);
					return served.getResponse().setComplete();
				}).block();
				assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(status));
			});
	}

	private void assertStartsWithoutChain(ClassLoader loader, boolean authenticates) {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.withClassLoader(loader)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Gate.class).doesNotHaveBean("mtlsSecurityFilterChain");
				assertThat(context.containsBean("mtlsPeerAuthenticator")).isEqualTo(authenticates);
			});
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.withClassLoader(loader)
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(Gate.class)
					.doesNotHaveBean("mtlsSecurityWebFilterChain");
				assertThat(context.containsBean("mtlsPeerAuthenticator")).isEqualTo(authenticates);
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnChainConfiguration {

		@Bean
		SecurityFilterChain ownChain(HttpSecurity http) {
			return http.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnReactiveChainConfiguration {

		@Bean
		SecurityWebFilterChain ownChain(ServerHttpSecurity http) {
			return http.build();
		}

	}

	/**
	 * Stands for Spring Boot's own, which comes earlier too.
	 */
	@AutoConfiguration(before = MtlsSecurityFilterChainAutoConfiguration.class)
	static class ResourceServerAutoConfiguration {

		@Bean
		SecurityFilterChain tokens() {
			return new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE);
		}

	}

}
