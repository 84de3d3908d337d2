package dev.mtls.cli.tunnel;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * What {@code --status} serves: health, metrics and sessions, over HTTPS with the
 * certificate of the first tunnel.
 */
final class StatusServer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final String TUNNELS = "mtls.tunnels";

	/**
	 * The properties of the server, but for its address and certificate.
	 * @return the properties
	 */
	static Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("server.shutdown", "immediate");
		properties.put("server.ssl.enabled", true);
		properties.put("server.ssl.client-auth", "none");
		properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
		properties.put("management.endpoints.access.default", "none");
		properties.put("management.endpoints.web.base-path", "/");
		properties.put("management.endpoints.web.discovery.enabled", false);
		Map.of("health", "health", "prometheus", "metrics", "mtlstunnels", "_status").forEach((endpoint, path) -> {
			properties.put("management.endpoint.%s.access".formatted(endpoint), "read-only");
			properties.put("management.endpoints.web.path-mapping." + endpoint, path);
		});
		properties.put("management.endpoints.web.exposure.include", "health,prometheus,mtlstunnels");
		properties.put("management.endpoint.health.probes.enabled", true);
		return properties;
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		environment.getPropertySources()
			.addFirst(new MapPropertySource("status",
					Map.of("server.ssl.bundle", "mtls-tunnel-" + tunnel(Binder.get(environment)))));
	}

	private static String tunnel(Binder binder) {
		return binder.bind(TUNNELS, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of())
			.keySet()
			.stream()
			.filter((name) -> hasCertificate(binder, ConfigurationPropertyName.adapt(TUNNELS + "." + name, '.')))
			.findFirst()
			.orElseThrow(() -> new MtlsException(Reason.CONFIGURATION_CONFLICT, Flags.STATUS,
					"No tunnel has a certificate to serve it with", "Configure one, or remove " + Flags.STATUS));
	}

	private static boolean hasCertificate(Binder binder, ConfigurationPropertyName tunnel) {
		boolean client = binder.bind(tunnel.append("role"), Bindable.of(String.class))
			.orElse("")
			.equalsIgnoreCase("client");
		return is(binder, tunnel.append("enabled"), true)
				&& !(client && is(binder, tunnel.append("disable-authentication"), false));
	}

	private static boolean is(Binder binder, ConfigurationPropertyName property, boolean otherwise) {
		return binder.bind(property, Bindable.of(Boolean.class)).orElse(otherwise);
	}

}
