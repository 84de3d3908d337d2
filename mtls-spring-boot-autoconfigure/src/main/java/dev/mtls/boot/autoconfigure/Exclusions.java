package dev.mtls.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.core.env.Environment;

import dev.mtls.boot.web.ExcludedPaths;

/**
 * Finds the paths that need no certificate.
 */
final class Exclusions {

	private static final List<String> PROBES = List.of("liveness", "readiness");

	private Exclusions() {
	}

	static ExcludedPaths of(String prefix, MtlsServerProperties properties, Environment environment) {
		ExcludedPaths paths = ExcludedPaths.of(prefix + ".excluded-paths", properties.excludedPaths());
		return properties.excludeProbes()
				? paths.and(ExcludedPaths.of(prefix + ".exclude-probes", probes(prefix, environment))) : paths;
	}

	private static List<String> probes(String prefix, Environment environment) {
		// A management port of its own has a servlet of its own
		String servlet = prefix.equals(MtlsServerProperties.PREFIX)
				? withoutSlash(environment.getProperty("spring.mvc.servlet.path", "")) : "";
		String endpoints = withoutSlash(environment.getProperty("management.endpoints.web.base-path", "/actuator"));
		String health = environment.getProperty("management.endpoints.web.path-mapping.health", "health");
		List<String> paths = new ArrayList<>();
		for (String probe : PROBES) {
			paths.add("%s%s/%s/%s".formatted(servlet, endpoints, health, probe));
		}
		// Where they are the application's own, whichever port Actuator has
		if (environment.getProperty("management.endpoint.health.probes.add-additional-paths", Boolean.class, false)) {
			paths.add(servlet + "/livez");
			paths.add(servlet + "/readyz");
		}
		return paths;
	}

	private static String withoutSlash(String path) {
		return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
	}

}
