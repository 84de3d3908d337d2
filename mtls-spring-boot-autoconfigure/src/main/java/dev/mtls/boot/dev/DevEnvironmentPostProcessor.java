package dev.mtls.boot.dev;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * {@link EnvironmentPostProcessor} that points {@code mtls.server} and
 * {@code mtls.client} to the development certificates, wherever nothing else is
 * configured, when {@code mtls.dev.enabled} is on.
 */
final class DevEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String PROPERTY_SOURCE = "mtlsDevCertificates";

	static final String DEFAULT_DIRECTORY = ".mtls";

	private static final Set<String> PRODUCTION = Set.of("prod", "production");

	private static final List<String> KEY_PROPERTIES = List.of("bundle", "certificate", "private-key",
			"key-store.location");

	private static final List<String> TRUST_PROPERTIES = List.of("bundle", "trust-certificates",
			"trust-store.location");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!environment.getProperty("mtls.dev.enabled", Boolean.class, false)
				|| !environment.getProperty("mtls.enabled", Boolean.class, true)) {
			return;
		}
		refuseProduction(environment);
		String directory = environment.getProperty("mtls.dev.directory", DEFAULT_DIRECTORY);
		Map<String, Object> properties = new LinkedHashMap<>();
		addSide(properties, environment, "mtls.server", directory + "/server");
		addSide(properties, environment, "mtls.client", directory + "/client");
		if (!properties.isEmpty()) {
			environment.getPropertySources().addLast(new MapPropertySource(PROPERTY_SOURCE, properties));
		}
	}

	/**
	 * After the application's configuration has been read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static void refuseProduction(Environment environment) {
		for (String profile : environment.getActiveProfiles()) {
			if (PRODUCTION.contains(profile.toLowerCase(Locale.ROOT))) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "mtls.dev.enabled=true",
						"development certificates must not be used in production, and the profile '%s' is active (%s)"
							.formatted(profile, Arrays.toString(environment.getActiveProfiles())),
						"remove mtls.dev.enabled, and set mtls.server.certificate, private-key and trust-certificates");
			}
		}
	}

	private static void addSide(Map<String, Object> properties, Environment environment, String side, String file) {
		if (!isAnySet(environment, side, KEY_PROPERTIES)) {
			properties.put(side + ".certificate", "file:%s.crt".formatted(file));
			properties.put(side + ".private-key", "file:%s.key".formatted(file));
		}
		if (!isAnySet(environment, side, TRUST_PROPERTIES)) {
			properties.put(side + ".trust-certificates",
					"file:%s/ca.crt".formatted(file.substring(0, file.lastIndexOf('/'))));
		}
	}

	private static boolean isAnySet(Environment environment, String side, List<String> names) {
		Binder binder = Binder.get(environment);
		return names.stream()
			.anyMatch((name) -> binder.bind("%s.%s".formatted(side, name), Object.class).isBound()
					|| binder.bind("%s.%s".formatted(side, name), String[].class).isBound());
	}

}
