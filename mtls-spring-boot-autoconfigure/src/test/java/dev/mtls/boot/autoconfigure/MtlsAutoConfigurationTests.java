package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.event.EventLogger;
import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsAutoConfiguration}.
 */
class MtlsAutoConfigurationTests {

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenEitherSideIsOnSuppliesWhatBothShare() {
		for (String[] properties : List.of(files.serverProperties(), files.clientProperties())) {
			this.runner.withPropertyValues(properties)
				.run((context) -> assertThat(context).hasSingleBean(EventLogger.class)
					.hasSingleBean(MtlsEventMulticaster.class)
					.hasSingleBean(GateReloader.class)
					.hasSingleBean(GateWalker.class)
					.hasSingleBean(KillSwitch.class));
		}
	}

	@Test
	void taskExecutorOfSpringBootStays() {
		this.runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.run((context) -> assertThat(context).hasBean("applicationTaskExecutor"));
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(EventLogger.class)
			.doesNotHaveBean(MtlsEventMulticaster.class)
			.doesNotHaveBean(GateReloader.class));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MtlsEventMulticaster.class)
				.doesNotHaveBean(GateReloader.class));
	}

	@Test
	void contextWhenBothSidesAreDisabledSuppliesNothing() {
		this.runner.withPropertyValues("mtls.server.enabled=false", "mtls.client.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MtlsEventMulticaster.class));
	}

	@Test
	void contextWhenReloadIsDisabledDoesNotLook() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.reload.enabled=false")
			.run((context) -> assertThat(context.getBean(GateReloader.class).isRunning()).isFalse());
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		this.runner.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnBeansConfiguration.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(EventLogger.class).hasBean("ownLogger");
				assertThat(context).hasSingleBean(MtlsEventMulticaster.class).hasBean("ownMulticaster");
				assertThat(context).hasSingleBean(GateReloader.class).hasBean("ownReloader");
				assertThat(context).hasSingleBean(KillSwitch.class).hasBean("ownKillSwitch");
			});
	}

	@Test
	void contextWhenFilesChangeReloadsAndTellsListeners(@TempDir Path directory) {
		MtlsTestFiles changing = MtlsTestFiles.in(directory);
		this.runner.withPropertyValues(changing.serverProperties())
			.withPropertyValues("mtls.reload.interval=20ms")
			.withUserConfiguration(ListenerConfiguration.class)
			.run((context) -> {
				CountDownLatch reloaded = context.getBean(CountDownLatch.class);
				changing.authority().server().writeTo(directory, "server");
				assertThat(reloaded.await(10, TimeUnit.SECONDS)).isTrue();
				assertThat(context.getBean(Gate.class).generation()).isGreaterThan(1);
			});
	}

	/**
	 * The application's own beans.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		EventLogger ownLogger() {
			return new EventLogger();
		}

		@Bean
		MtlsEventMulticaster ownMulticaster() {
			return new MtlsEventMulticaster(List.of());
		}

		@Bean
		GateReloader ownReloader() {
			return new GateReloader(Duration.ofDays(1), true);
		}

		@Bean
		KillSwitch ownKillSwitch() {
			return new KillSwitch(false);
		}

	}

	/**
	 * A listener of the application.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ListenerConfiguration {

		@Bean
		CountDownLatch reloaded() {
			return new CountDownLatch(1);
		}

		@Bean
		MtlsEventListener listener(CountDownLatch reloaded) {
			return (event) -> {
				if (event instanceof MtlsEvent.Reloaded) {
					reloaded.countDown();
				}
			};
		}

	}

}
