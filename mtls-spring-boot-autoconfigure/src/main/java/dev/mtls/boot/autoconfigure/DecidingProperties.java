package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The properties that decide which beans stand before a peer. An application that was
 * processed ahead of time has those beans that they asked for then.
 */
final class DecidingProperties {

	private static final List<String> SIDES = List.of(MtlsServerProperties.PREFIX,
			MtlsManagementContextConfiguration.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
			TcpServerProperties.PREFIX, TunnelProperties.PREFIX);

	private static final List<String> SERVERS = List.of(MtlsServerProperties.PREFIX,
			MtlsManagementContextConfiguration.PREFIX);

	private static final List<String> OFF_BY_DEFAULT = List.of(MtlsForwardedAutoConfiguration.FORMAT,
			MtlsRateLimitAutoConfiguration.PERMITS, "mtls.dev.enabled");

	private static final List<String> ON_BY_DEFAULT = List.of("mtls.client.apply-to-builders", "mtls.audit.enabled");

	private DecidingProperties() {
	}

	/**
	 * Those that are set to something else than their default.
	 * @param environment the environment
	 * @return the properties, of which some stand for all below them
	 */
	static Set<String> of(Environment environment) {
		Set<String> properties = new TreeSet<>();
		if (!OnMtlsCondition.isEnabled(environment)) {
			return properties;
		}
		SIDES.stream().filter((side) -> OnMtlsCondition.isOn(environment, side)).forEach(properties::add);
		SERVERS.stream()
			.filter((server) -> OnWantedCertificateCondition.isWanted(environment, server))
			.forEach((server) -> properties
				.add("%1$s.client-auth=want, %1$s.excluded-paths or %1$s.exclude-probes".formatted(server)));
		OFF_BY_DEFAULT.stream()
			.filter((name) -> !isFalse(environment.getProperty(name, "false")))
			.forEach(properties::add);
		ON_BY_DEFAULT.stream()
			.filter((name) -> isFalse(environment.getProperty(name, "true")))
			.map("%s=false"::formatted)
			.forEach(properties::add);
		StrictProperties.names(environment, TcpClientProperties.PREFIX)
			.forEach((name) -> properties.add(TcpClientProperties.prefix(name)));
		return properties;
	}

	/**
	 * Check that they are what they were when the application was processed.
	 * @param environment the environment
	 * @param processed those that were set then
	 * @throws MtlsException if one is not
	 */
	static void check(Environment environment, String... processed) {
		Set<String> now = of(environment);
		Set<String> then = new TreeSet<>(List.of(processed));
		for (String property : now) {
			if (!then.contains(property)) {
				throw changed(property, "it is set, and was not when the application was processed ahead of time");
			}
		}
		for (String property : then) {
			if (!now.contains(property)) {
				throw changed(property, "it is not set, and was when the application was processed ahead of time");
			}
		}
	}

	private static boolean isFalse(String value) {
		return "false".equalsIgnoreCase(value);
	}

	private static MtlsException changed(String property, String problem) {
		return new MtlsException(Reason.CONFIGURATION_CONFLICT, property, problem,
				"process the application with the properties that it runs with, or change it back");
	}

}
