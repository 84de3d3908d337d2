package dev.mtls.boot.test;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestFiles;

/**
 * Configures an application with the files of a test. What is configured stands behind
 * what the test sets, and before system properties and all that the application brings.
 */
final class MtlsTestProperties {

	private static final String NAME = "mtlsTest";

	private static final String DEV = "mtlsDevCertificates";

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final ConfigurableEnvironment environment;

	MtlsTestProperties(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	void add(TestFiles files) {
		addIdentity("mtls.server", files.server(), files.ca());
		if (!isSetByTest("mtls.server.revocation")) {
			this.properties.put("mtls.server.revocation.crls", location(files.crl().file()));
		}
		if (isClientOn()) {
			addIdentity("mtls.client", files.client(), files.ca());
		}
		if (isDevOn() && !isSetByTest("mtls.dev")) {
			this.properties.put("mtls.dev.enabled", "false");
			// Which the auto-configuration looks for, and makes what it names
			this.environment.getPropertySources().remove(DEV);
		}
		if (!isSetByTest("mtls.reload")) {
			this.properties.put("mtls.reload.interval", "250ms");
		}
		this.environment.getPropertySources()
			.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
					new MapPropertySource(NAME, this.properties));
	}

	private void addIdentity(String prefix, PemFiles identity, Path ca) {
		if (!areAnySetByTest(prefix, "bundle", "certificate", "private-key", "key-store")) {
			this.properties.put(prefix + ".certificate", location(identity.certificate()));
			this.properties.put(prefix + ".private-key", location(identity.privateKey()));
		}
		if (!areAnySetByTest(prefix, "bundle", "trust-certificates", "trust-store", "trust-domains")) {
			this.properties.put(prefix + ".trust-certificates", location(ca));
		}
	}

	private boolean isDevOn() {
		return this.environment.getProperty("mtls.dev.enabled", Boolean.class, false);
	}

	private boolean isClientOn() {
		return isDevOn()
				|| StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false)
					.anyMatch((source) -> holds(source, "mtls.client"));
	}

	private boolean areAnySetByTest(String prefix, String... keys) {
		return Stream.of(keys).anyMatch((key) -> isSetByTest(prefix + "." + key));
	}

	private boolean isSetByTest(String name) {
		return this.environment.getPropertySources()
			.stream()
			.takeWhile((source) -> !source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME))
			.filter((source) -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
			.anyMatch((source) -> holds(source, name));
	}

	private static boolean holds(PropertySource<?> source, String name) {
		ConfigurationPropertySource properties = ConfigurationPropertySource.from(source);
		return properties != null && holds(properties, name);
	}

	private static boolean holds(ConfigurationPropertySource source, String name) {
		ConfigurationPropertyName key = ConfigurationPropertyName.of(name);
		return source.getConfigurationProperty(key) != null
				|| source.containsDescendantOf(key) == ConfigurationPropertyState.PRESENT;
	}

	private static String location(Path file) {
		return "file:" + file;
	}

}
