package dev.mtls.cli.tunnel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.gate.StartupReport;

/**
 * The application that runs the tunnels.
 */
final class TunnelApplication {

	private static final String FLAGS = "flags";

	private final Map<String, Object> properties;

	private final boolean configuredByFile;

	private final boolean status;

	TunnelApplication(Map<String, Object> properties, boolean configuredByFile, boolean status) {
		this.properties = new LinkedHashMap<>(properties);
		this.configuredByFile = configuredByFile;
		this.status = status;
		this.properties.putAll(quiet());
		this.properties.put("spring.main.web-application-type", status ? "reactive" : "none");
		if (status) {
			this.properties.putAll(StatusServer.properties());
		}
	}

	/**
	 * Run until a signal ends it.
	 */
	void run() {
		// As the properties do, for what fails before they count
		LogSetup.silenceReporters(TunnelApplication.class.getClassLoader());
		TunnelSignals signals = new TunnelSignals();
		signals.handle();
		try (ConfigurableApplicationContext context = application().run()) {
			context.getBean(StartupReport.class).afterSingletonsInstantiated();
			StartMemory.release();
			signals.reloadWith(context.getBean(GateReloader.class)::reload);
			signals.awaitEnd();
		}
	}

	private SpringApplication application() {
		SpringApplication application = new SpringApplication(
				this.status ? new Class<?>[] { TunnelConfiguration.class, StatusConfiguration.class }
						: new Class<?>[] { TunnelConfiguration.class });
		application.setMainApplicationClass(TunnelApplication.class);
		application.setBannerMode(Banner.Mode.OFF);
		application.setDefaultProperties(levels());
		application.setEnvironment(environment());
		application.setListeners(application.getListeners().stream().map(TunnelApplication::withLogSetup).toList());
		if (this.configuredByFile) {
			application.addListeners(new ConfigChecks());
		}
		if (this.status) {
			application.addInitializers(new StatusServer());
		}
		return application;
	}

	private static ApplicationListener<?> withLogSetup(ApplicationListener<?> listener) {
		return (listener instanceof LoggingApplicationListener) ? new LogSetup() : listener;
	}

	private ConfigurableEnvironment environment() {
		ConfigurableEnvironment environment = this.configuredByFile ? new StandardEnvironment() : new FlagsAlone();
		environment.getPropertySources().addFirst(new MapPropertySource(FLAGS, this.properties));
		return environment;
	}

	private static Map<String, Object> levels() {
		return Map.of("logging.level.root", "warn", "logging.level.dev.mtls", "info");
	}

	private static Map<String, Object> quiet() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.main.banner-mode", "off");
		properties.put("spring.main.log-startup-info", false);
		properties.put("spring.main.register-shutdown-hook", false);
		properties.put("spring.jmx.enabled", false);
		// What goes wrong at the start is said in one line, by the command
		Stream.concat(LogSetup.REPORTERS.stream(), Stream.of(
				"org.springframework.context.annotation.AnnotationConfigApplicationContext",
				"org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext"))
			.forEach((logger) -> properties.put("logging.level." + logger, "off"));
		return properties;
	}

	/**
	 * The environment of a tunnel that flags describe: neither environment variables nor
	 * system properties change it.
	 */
	private static final class FlagsAlone extends StandardEnvironment {

		@Override
		protected void customizePropertySources(MutablePropertySources propertySources) {
		}

	}

}
