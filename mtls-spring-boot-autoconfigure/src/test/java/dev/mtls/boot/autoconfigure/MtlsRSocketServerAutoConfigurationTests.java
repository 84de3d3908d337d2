package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;

import io.rsocket.transport.netty.server.TcpServerTransport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketMessagingAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketServerAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketStrategiesAutoConfiguration;
import org.springframework.boot.rsocket.netty.NettyRSocketServerFactory;
import org.springframework.boot.rsocket.server.RSocketServerFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.rsocket.annotation.support.RSocketMessageHandler;
import org.springframework.stereotype.Controller;

import dev.mtls.boot.messaging.UnenforcedRequirements;
import dev.mtls.boot.rsocket.GatedRSocketServerFactory;
import dev.mtls.boot.rsocket.MtlsRSocketServerCustomizer;
import dev.mtls.boot.rsocket.RSocketPeerMethodArgumentResolver;
import dev.mtls.boot.rsocket.RouteProviderPostProcessor;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsRSocketServerAutoConfiguration}.
 */
class MtlsRSocketServerAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsAutoConfiguration.class,
			MtlsServerAutoConfiguration.class, MtlsWebMvcAutoConfiguration.class, MtlsWebFluxAutoConfiguration.class,
			MtlsRSocketServerAutoConfiguration.class, SslAutoConfiguration.class,
			RSocketStrategiesAutoConfiguration.class, RSocketMessagingAutoConfiguration.class,
			RSocketServerAutoConfiguration.class);

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(CONFIGURATIONS);

	private final ApplicationContextRunner server = this.runner.withPropertyValues("spring.rsocket.server.port=0");

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenServerAndPortAreSetSuppliesFactoryAndCustomizer() {
		this.server.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RSocketServerFactory.class)
				.hasSingleBean(GatedRSocketServerFactory.class)
				.hasSingleBean(MtlsRSocketServerCustomizer.class)
				.hasSingleBean(RouteProviderPostProcessor.class));
	}

	@Test
	void contextWhenNoPortIsSetSuppliesNoFactory() {
		this.runner.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasSingleBean(MtlsRSocketServerCustomizer.class)
				.doesNotHaveBean(RSocketServerFactory.class));
	}

	@Test
	void contextWhenCustomizerIsDefinedBacksOff() {
		this.server.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnCustomizerConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(MtlsRSocketServerCustomizer.class)
				.hasBean("ownRSocketServerCustomizer"));
	}

	@Test
	void contextWhenServerIsDisabledSuppliesArgumentsOnly() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean(MtlsRSocketServerCustomizer.class)
					.doesNotHaveBean(GatedRSocketServerFactory.class)
					.doesNotHaveBean(RouteProviderPostProcessor.class)
					.hasSingleBean(NettyRSocketServerFactory.class);
				assertResolves(context);
			});
	}

	@Test
	void contextWhenMessageHandlerIsOwnSuppliesItsArguments() {
		this.runner.withUserConfiguration(OwnMessageHandlerConfiguration.class)
			.run(MtlsRSocketServerAutoConfigurationTests::assertResolves);
	}

	@Test
	void contextWhenFactoryIsOwnFails() {
		assertFails(this.server.withUserConfiguration(OwnFactoryConfiguration.class), "mtls.server");
	}

	@Test
	void contextWhenTlsIsConfiguredTwiceFails() {
		assertFails(this.server.withPropertyValues("spring.rsocket.server.ssl.bundle=mtls-server"),
				"spring.rsocket.server.ssl");
	}

	@Test
	void contextWhenAMethodForMessagesRequiresACertificateFails() {
		this.runner.withUserConfiguration(Guarded.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.asInstanceOf(InstanceOfAssertFactories.throwable(MtlsException.class))
				.hasMessageStartingWith("@RequireClientCert of %s.handle: ".formatted(Guarded.class.getName()))
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.CONFIGURATION_INVALID));
	}

	@Test
	void contextWhenServletSuppliesBothChecksOfMessages() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).hasNotFailed()
				.getBeanNames(UnenforcedRequirements.class)
				.containsExactlyInAnyOrder("unenforcedRequirements", "unenforcedRSocketRequirements"));
	}

	@Test
	void contextWhenItIsDeployedAndRSocketHasAPortFails() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("spring.rsocket.server.port=0")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(MtlsException.class)
				.hasMessageStartingWith("spring.rsocket.server.port: "));
	}

	@Test
	void contextWhenRSocketIsAbsentSuppliesGateOnly() {
		this.server.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader("io.rsocket", "org.springframework.boot.rsocket"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Gate.class)
				.doesNotHaveBean("mtlsRSocketServerCustomizer"));
	}

	@Test
	void contextWhenTransportIsAbsentSuppliesNoFactory() {
		this.server.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(TcpServerTransport.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GatedRSocketServerFactory.class));
	}

	@Test
	void contextWhenNothingReactiveIsThereSuppliesGateOnly() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader("io.netty", "reactor", "org.reactivestreams", "io.rsocket",
					"org.springframework.boot.rsocket", "org.springframework.boot.reactor",
					"org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Gate.class));
	}

	private static void assertResolves(AssertableApplicationContext context) {
		assertThat(context.getBean(RSocketMessageHandler.class).getArgumentResolverConfigurer().getCustomResolvers())
			.hasAtLeastOneElementOfType(RSocketPeerMethodArgumentResolver.class);
	}

	private static void assertFails(ApplicationContextRunner runner, String place) {
		runner.withPropertyValues(files.serverProperties()).run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.place()).isEqualTo(place);
			assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCustomizerConfiguration {

		@Bean
		MtlsRSocketServerCustomizer ownRSocketServerCustomizer(Gate gate) {
			return new MtlsRSocketServerCustomizer(gate, true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactoryConfiguration {

		@Bean
		NettyRSocketServerFactory ownFactory() {
			NettyRSocketServerFactory factory = new NettyRSocketServerFactory();
			factory.setPort(0);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMessageHandlerConfiguration {

		@Bean
		RSocketMessageHandler ownMessageHandler() {
			return new RSocketMessageHandler();
		}

	}

	/**
	 * Nobody asks for what its type says.
	 */
	@Controller
	@RequireClientCert
	static class Guarded {

		@MessageMapping("message")
		void handle(String message) {
		}

	}

}
