package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import dev.mtls.boot.security.AuthoritiesMapper;
import dev.mtls.boot.security.PeerAuthenticator;
import dev.mtls.boot.security.ReactivePeerAuthenticator;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsSecurityAutoConfiguration}.
 */
class MtlsSecurityAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsAutoConfiguration.class,
			MtlsServerAutoConfiguration.class, MtlsSecurityAutoConfiguration.class, SslAutoConfiguration.class);

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
			.withPropertyValues(files.serverProperties());
		this.reactive = new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties());
	}

	@Test
	void contextWhenServletSuppliesAuthenticatorAndNothingElseOfSpringSecurity() {
		this.servlet.withPropertyValues("mtls.server.authorities=dns:alice=ROLE_USER").run((context) -> {
			assertThat(context).hasSingleBean(PeerAuthenticator.class).doesNotHaveBean(ReactivePeerAuthenticator.class);
			assertThat(context).doesNotHaveBean(AuthenticationProvider.class)
				.doesNotHaveBean(AuthenticationManager.class)
				.doesNotHaveBean("mtlsAuthenticationFilter");
			assertThat(context.getBean(PeerAuthenticator.class).authenticate(client("alice")).getAuthorities())
				.extracting("authority")
				.containsExactly("FACTOR_X509", "ROLE_USER");
		});
	}

	@Test
	void contextWhenReactiveSuppliesAuthenticator() {
		this.reactive.withPropertyValues("mtls.server.authorities=dns:alice=ROLE_USER").run((context) -> {
			assertThat(context).hasSingleBean(ReactivePeerAuthenticator.class).doesNotHaveBean(PeerAuthenticator.class);
			assertThat(context.getBean(ReactivePeerAuthenticator.class).authenticate(client("alice")).block())
				.extracting("authorities")
				.asInstanceOf(InstanceOfAssertFactories.LIST)
				.extracting("authority")
				.containsExactly("FACTOR_X509", "ROLE_USER");
		});
	}

	@Test
	void contextWhenThereAreMappersAsksThemInTheirOrder() {
		this.servlet.withUserConfiguration(MappersConfiguration.class)
			.run((context) -> assertThat(
					context.getBean(PeerAuthenticator.class).authenticate(client("alice")).getAuthorities())
				.extracting("authority")
				.containsExactly("FACTOR_X509", "FIRST", "SECOND"));
	}

	@Test
	void contextWhenThereAreUsersPeersHaveToBeUsers() {
		this.servlet.withUserConfiguration(UsersConfiguration.class).run((context) -> {
			PeerAuthenticator authenticator = context.getBean(PeerAuthenticator.class);
			assertThat(authenticator.authenticate(client("alice")).getAuthorities()).extracting("authority")
				.contains("ROLE_CLERK");
			assertThatExceptionOfType(UsernameNotFoundException.class)
				.isThrownBy(() -> authenticator.authenticate(client("mallory")));
		});
		this.reactive.withUserConfiguration(ReactiveUsersConfiguration.class).run((context) -> {
			ReactivePeerAuthenticator authenticator = context.getBean(ReactivePeerAuthenticator.class);
			assertThat(authenticator.authenticate(client("alice")).block()).isNotNull();
			assertThatExceptionOfType(UsernameNotFoundException.class)
				.isThrownBy(() -> authenticator.authenticate(client("mallory")).block());
		});
	}

	@Test
	void contextWhenUsersAreThoseOfALaterAutoConfigurationDoesNotAskThem() {
		this.servlet.withConfiguration(AutoConfigurations.of(GeneratedUserAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(PeerAuthenticator.class).authenticate(client("alice")))
				.isNotNull());
	}

	@Test
	void contextWhenThereAreSeveralKindsOfUsersFails() {
		this.servlet.withUserConfiguration(UsersConfiguration.class, OtherUsersConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(NoUniqueBeanDefinitionException.class));
	}

	@Test
	void contextWhenAuthenticatorIsDefinedBacksOff() {
		this.servlet.withUserConfiguration(OwnAuthenticatorConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(PeerAuthenticator.class).hasBean("ownAuthenticator"));
		this.servlet.withUserConfiguration(OwnAuthenticatorConfiguration.class, UsersConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(PeerAuthenticator.class).hasBean("ownAuthenticator"));
	}

	@Test
	void contextWhenMtlsIsOffSuppliesNothing() {
		this.servlet.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PeerAuthenticator.class));
	}

	@Test
	void contextWhenNotWebSuppliesNothing() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PeerAuthenticator.class)
				.doesNotHaveBean(ReactivePeerAuthenticator.class));
	}

	@Test
	void contextWhenSpringSecurityIsAbsentStarts() {
		FilteredClassLoader without = new FilteredClassLoader("org.springframework.security");
		this.servlet.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Gate.class)
				.doesNotHaveBean("mtlsPeerAuthenticator"));
		this.reactive.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Gate.class)
				.doesNotHaveBean("mtlsPeerAuthenticator"));
	}

	@Test
	void contextWhenSpringSecurityIsThereWithoutItsWebModuleStarts() {
		this.servlet.withClassLoader(new FilteredClassLoader("org.springframework.security.web"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsPeerAuthenticator"));
	}

	@Test
	void contextWhenNothingReactiveIsThereSuppliesAuthenticator() {
		this.servlet
			.withClassLoader(new FilteredClassLoader("io.netty", "reactor", "org.reactivestreams",
					"org.springframework.boot.reactor", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(PeerAuthenticator.class));
	}

	@Test
	void contextWhenNoServletIsThereSuppliesReactiveAuthenticator() {
		this.reactive.withClassLoader(new FilteredClassLoader("jakarta.servlet"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ReactivePeerAuthenticator.class));
	}

	private static List<X509Certificate> client(String name) {
		return files.authority().client(name).chain();
	}

	private static UserDetails user(String name) {
		return User.withUsername(name).password("{noop}unused").roles("CLERK").build();
	}

	@Configuration(proxyBeanMethods = false)
	static class MappersConfiguration {

		@Bean
		@Order(2)
		AuthoritiesMapper second() {
			return (peer) -> AuthorityUtils.createAuthorityList("SECOND");
		}

		@Bean
		@Order(1)
		AuthoritiesMapper first() {
			return (peer) -> AuthorityUtils.createAuthorityList("FIRST");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UsersConfiguration {

		@Bean
		UserDetailsService clerks() {
			return new InMemoryUserDetailsManager(user("alice"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherUsersConfiguration {

		@Bean
		UserDetailsService otherClerks() {
			return new InMemoryUserDetailsManager(user("bob"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveUsersConfiguration {

		@Bean
		MapReactiveUserDetailsService clerks() {
			return new MapReactiveUserDetailsService(user("alice"));
		}

	}

	/**
	 * Stands for Spring Boot's own, which comes later too.
	 */
	@AutoConfiguration(after = MtlsSecurityAutoConfiguration.class)
	static class GeneratedUserAutoConfiguration {

		@Bean
		UserDetailsService generatedUser() {
			return new InMemoryUserDetailsManager(user("user"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnAuthenticatorConfiguration {

		@Bean
		PeerAuthenticator ownAuthenticator(Gate gate) {
			return new PeerAuthenticator(gate, List.of(), null);
		}

	}

}
