package dev.mtls.boot.dev;

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
import org.springframework.core.env.PropertySource;

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

	private static final String CERTIFICATE = ".certificate";

	/** An element, because a text would be split at its commas. */
	private static final String TRUST_CERTIFICATES = ".trust-certificates[0]";

	private static final Set<String> PRODUCTION = Set.of("prod", "production");

	private static final List<String> KEY_PROPERTIES = List.of("bundle", "certificate", "private-key",
			"key-store.location", "key-store.type");

	private static final List<String> TRUST_PROPERTIES = List.of("bundle", "trust-certificates",
			"trust-store.location");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Binder binder = Binder.get(environment);
		if (!binder.bind("mtls.dev.enabled", Boolean.class).orElse(false)
				|| !binder.bind("mtls.enabled", Boolean.class).orElse(true)) {
			return;
		}
		refuseProduction(environment);
		DevDirectory directory = DevDirectory
			.of(binder.bind("mtls.dev.directory", String.class).orElse(DEFAULT_DIRECTORY));
		Map<String, Object> properties = new LinkedHashMap<>();
		addSide(properties, binder, "server", directory);
		addSide(properties, binder, "client", directory);
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

	static boolean suppliesAllOfServer(Environment environment) {
		PropertySource<?> properties = (environment instanceof ConfigurableEnvironment configurable)
				? configurable.getPropertySources().get(PROPERTY_SOURCE) : null;
		return properties != null && properties.containsProperty("mtls.server" + CERTIFICATE)
				&& properties.containsProperty("mtls.server" + TRUST_CERTIFICATES);
	}

	private static void refuseProduction(Environment environment) {
		String[] active = environment.getActiveProfiles();
		for (String profile : (active.length > 0) ? active : environment.getDefaultProfiles()) {
			if (PRODUCTION.contains(profile.toLowerCase(Locale.ROOT))) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "mtls.dev.enabled=true",
						"development certificates must not be used in production, and the profile '%s' is active"
							.formatted(profile),
						"remove mtls.dev.enabled, and set mtls.server.certificate, private-key and trust-certificates");
			}
		}
	}

	private static void addSide(Map<String, Object> properties, Binder binder, String side, DevDirectory directory) {
		String prefix = "mtls." + side;
		if (!isAnySet(binder, prefix, KEY_PROPERTIES)) {
			properties.put(prefix + CERTIFICATE, directory.location(side + ".crt"));
			properties.put(prefix + ".private-key", directory.location(side + ".key"));
		}
		if (!isAnySet(binder, prefix, TRUST_PROPERTIES)) {
			properties.put(prefix + TRUST_CERTIFICATES, directory.location("ca.crt"));
		}
	}

	private static boolean isAnySet(Binder binder, String prefix, List<String> names) {
		return names.stream()
			.map((name) -> "%s.%s".formatted(prefix, name))
			.anyMatch((name) -> binder.bind(name, String[].class).isBound());
	}

}
