package dev.mtls.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.logging.DeferredLogs;
import org.springframework.boot.support.EnvironmentPostProcessorsFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.dev.DevAnnouncement;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsDevAutoConfiguration}.
 */
class MtlsDevAutoConfigurationTests {

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsDevAutoConfiguration.class, SslAutoConfiguration.class));

	@Test
	void contextWhenEnabledMakesCertificatesAndOpensBothGates() {
		dev().run((context) -> {
			assertThat(context).hasSingleBean(DevCertificates.class).hasSingleBean(DevAnnouncement.class);
			assertThat(context.getBeansOfType(Gate.class)).containsOnlyKeys("mtlsServerGate", "mtlsClientGate");
			assertThat(this.directory.resolve("dev/ca.crt")).exists();
			assertThat(context.getBean(DevCertificates.class).directory()).isEqualTo(this.directory.resolve("dev"));
		});
	}

	@Test
	void contextWhenStartedTwiceUsesTheSameCertificates() throws Exception {
		dev().run((context) -> assertThat(context).hasNotFailed());
		String first = Files.readString(this.directory.resolve("dev/server.crt"));
		dev().run((context) -> assertThat(context).hasNotFailed());
		assertThat(this.directory.resolve("dev/server.crt")).hasContent(first);
	}

	@Test
	void contextWhenDirectoryHoldsStrangeCharactersWorks() {
		for (String name : new String[] { "a,b", "with space", "per%20cent", "it's", "#{1}" }) {
			dev().withPropertyValues("mtls.dev.directory=" + this.directory.resolve(name)).run((context) -> {
				assertThat(context).as(name).hasNotFailed();
				assertThat(this.directory.resolve(name + "/ca.crt")).exists();
			});
		}
	}

	@Test
	void contextWhenEverythingIsSetMakesNothing() {
		MtlsTestFiles files = MtlsTestFiles.in(this.directory);
		dev().withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean(DevCertificates.class)
					.doesNotHaveBean(DevAnnouncement.class);
				assertThat(this.directory.resolve("dev")).doesNotExist();
			});
	}

	@Test
	void contextWhenServerIsSetUsesDevCertificatesAtTheClientOnly() {
		MtlsTestFiles files = MtlsTestFiles.in(this.directory);
		dev().withPropertyValues(files.serverProperties()).run((context) -> {
			assertThat(context.getBean("mtlsServerGate", Gate.class).snapshot().trust().anchors())
				.containsExactly(files.authority().anchor());
			assertThat(context.getBean("mtlsClientGate", Gate.class).snapshot().trust().anchors())
				.doesNotContain(files.authority().anchor());
		});
	}

	@Test
	void contextWhenNotEnabledSuppliesNothing() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(DevCertificates.class));
	}

	@Test
	void contextWhenBothSidesAreDisabledMakesNothing() {
		dev().withPropertyValues("mtls.server.enabled=false", "mtls.client.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(Gate.class).doesNotHaveBean(DevAnnouncement.class);
			assertThat(this.directory.resolve("dev")).doesNotExist();
		});
	}

	@Test
	void contextWhenWebServerIsAbsentAnnouncesNothing() {
		dev().withClassLoader(new FilteredClassLoader(WebServerInitializedEvent.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DevCertificates.class)
				.doesNotHaveBean("mtlsDevAnnouncement"));
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		dev().withUserConfiguration(OwnBeansConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(DevCertificates.class).hasBean("ownCertificates");
			assertThat(context).hasSingleBean(DevAnnouncement.class).hasBean("ownAnnouncement");
		});
	}

	private ApplicationContextRunner dev() {
		return this.runner
			.withPropertyValues("mtls.dev.enabled=true", "mtls.dev.directory=" + this.directory.resolve("dev"))
			.withInitializer(MtlsDevAutoConfigurationTests::postProcess);
	}

	private static void postProcess(ConfigurableApplicationContext context) {
		EnvironmentPostProcessorsFactory.fromSpringFactories(context.getClassLoader())
			.getEnvironmentPostProcessors(new DeferredLogs(), new DefaultBootstrapContext())
			.stream()
			.filter((processor) -> processor.getClass().getName().startsWith("dev.mtls."))
			.forEach(
					(processor) -> processor.postProcessEnvironment(context.getEnvironment(), new SpringApplication()));
	}

	/**
	 * The application's own beans.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		DevCertificates ownCertificates(MtlsDevProperties properties) {
			return new DevCertificates(properties.directory(), InstantSource.system());
		}

		@Bean
		DevAnnouncement ownAnnouncement() {
			return new DevAnnouncement(Path.of("/"), "/");
		}

	}

}
