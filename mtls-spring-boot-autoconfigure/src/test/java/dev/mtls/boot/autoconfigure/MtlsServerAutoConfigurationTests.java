package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizerBeanPostProcessor;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.server.GatedServerCheck;
import dev.mtls.boot.tomcat.MtlsHttp11NioProtocol;
import dev.mtls.boot.tomcat.MtlsTomcatCustomizer;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsServerAutoConfiguration}.
 */
class MtlsServerAutoConfigurationTests {

	private static MtlsTestFiles files;

	private final WebApplicationContextRunner web = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				SslAutoConfiguration.class));

	private final ApplicationContextRunner noWeb = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenThreePropertiesSuppliesGateBundleAndCustomizer() {
		this.web.withPropertyValues(files.serverProperties()).run((context) -> {
			assertThat(context).hasSingleBean(Gate.class).hasBean("mtlsServerGate");
			assertThat(context).hasSingleBean(MtlsTomcatCustomizer.class).hasSingleBean(GatedServerCheck.class);
			assertThat(context.getBean(SslBundles.class).getBundleNames()).containsExactly("mtls-server");
			assertThat(context.getBean(Gate.class).settings().certificateRequired()).isTrue();
		});
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.web.run((context) -> {
			assertThat(context).doesNotHaveBean(Gate.class).doesNotHaveBean(MtlsTomcatCustomizer.class);
			assertThat(context).doesNotHaveBean(GatedServerCheck.class);
			assertThat(context.getBean(SslBundles.class).getBundleNames()).isEmpty();
		});
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		this.web.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.enabled=false", "mtls.server.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(Gate.class)
				.doesNotHaveBean(MtlsTomcatCustomizer.class));
	}

	@Test
	void contextWhenServerIsDisabledSuppliesNothing() {
		this.web.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Gate.class)
				.doesNotHaveBean(MtlsTomcatCustomizer.class)
				.doesNotHaveBean(GatedServerCheck.class));
	}

	@Test
	void contextWhenOnlyClientIsSetSuppliesNoServerGate() {
		this.web.withPropertyValues(files.clientProperties())
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsServerGate"));
	}

	@Test
	void contextWhenNotWebSuppliesGateWithoutServer() {
		this.noWeb.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasSingleBean(Gate.class)
				.doesNotHaveBean(MtlsTomcatCustomizer.class)
				.doesNotHaveBean(GatedServerCheck.class));
	}

	@Test
	void contextWhenTomcatIsAbsentSuppliesGateAndCheckOnly() {
		this.web.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(Tomcat.class, TomcatWebServerFactory.class))
			.run((context) -> assertThat(context).hasSingleBean(Gate.class)
				.hasSingleBean(GatedServerCheck.class)
				.doesNotHaveBean(MtlsTomcatCustomizer.class));
	}

	@Test
	void contextWhenWebServerModuleIsAbsentSuppliesGateOnly() {
		this.noWeb.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(Tomcat.class, TomcatWebServerFactory.class,
					AbstractConfigurableWebServerFactory.class, WebServerInitializedEvent.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Gate.class));
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		this.web.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnBeansConfiguration.class)
			.run((context) -> {
				assertThat(context.getBean(Gate.class).settings().certificateRequired()).isFalse();
				assertThat(context).hasSingleBean(MtlsTomcatCustomizer.class).hasBean("ownTomcatCustomizer");
				assertThat(context).hasSingleBean(GatedServerCheck.class).hasBean("ownCheck");
			});
	}

	@Test
	void contextWhenTomcatStartsPutsItBehindTheGate() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					SslAutoConfiguration.class))
			.withUserConfiguration(TomcatConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(MtlsServerAutoConfiguration.FILTER);
				TomcatServletWebServerFactory factory = context.getBean(TomcatServletWebServerFactory.class);
				assertThat(factory.getProtocol()).isEqualTo(MtlsHttp11NioProtocol.class.getName());
			});
	}

	@Test
	void contextWhenCertificateIsWantedSuppliesFilter() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					SslAutoConfiguration.class))
			.withUserConfiguration(TomcatConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.client-auth=want")
			.run((context) -> assertThat(context).hasNotFailed().hasBean(MtlsServerAutoConfiguration.FILTER));
	}

	// The runner's context has a servlet context and no server, as that of a WAR
	@Test
	void contextWhenDeployedAsWarSuppliesFilterAndNeedsNoKey() {
		this.web.withPropertyValues("mtls.server.trust-certificates=" + files.anchor()).run((context) -> {
			assertThat(context).hasNotFailed().hasBean(MtlsServerAutoConfiguration.FILTER);
			assertThat(context.getBean(Gate.class).snapshot().key()).isNull();
		});
	}

	@Test
	void contextWhenItStartsItsServerNeedsAKey() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					SslAutoConfiguration.class))
			.withUserConfiguration(TomcatConfiguration.class)
			.withPropertyValues("mtls.server.trust-certificates=" + files.anchor())
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).reason())
				.isEqualTo(Reason.KEY_MISSING));
	}

	@Test
	void contextWhenServerIsNotPutBehindTheGateFails() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
					SslAutoConfiguration.class))
			.withUserConfiguration(TomcatConfiguration.class, PlainServerConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(MtlsException.class)
				.hasStackTraceContaining("is not behind the gate"));
	}

	/**
	 * The application's own beans.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		Gate mtlsServerGate() {
			SnapshotLocations locations = SnapshotLocations.builder("own")
				.pem(files.server().certificate().toString(), files.server().privateKey().toString(), null)
				.trustCertificates(List.of(files.anchor().toString()))
				.build();
			return Gate.builder(GateSettings.server(false, TlsProfile.defaults()), locations).open();
		}

		@Bean
		MtlsTomcatCustomizer ownTomcatCustomizer(Gate gate) {
			return new MtlsTomcatCustomizer(gate, "mtls-server", null);
		}

		@Bean
		GatedServerCheck ownCheck() {
			return new GatedServerCheck("mtls-server");
		}

	}

	/**
	 * A web server on any port.
	 */
	@Configuration(proxyBeanMethods = false)
	static class TomcatConfiguration {

		@Bean
		TomcatServletWebServerFactory webServerFactory() {
			return new TomcatServletWebServerFactory(0);
		}

		@Bean
		static WebServerFactoryCustomizerBeanPostProcessor customizers() {
			return new WebServerFactoryCustomizerBeanPostProcessor();
		}

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> bundles(SslBundles bundles) {
			return (factory) -> factory.setSslBundles(bundles);
		}

	}

	/**
	 * A customizer that takes TLS off again.
	 */
	@Configuration(proxyBeanMethods = false)
	static class PlainServerConfiguration {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> plain() {
			return (factory) -> {
				Ssl ssl = new Ssl();
				ssl.setEnabled(false);
				factory.setSsl(ssl);
			};
		}

	}

}
