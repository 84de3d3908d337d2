package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The properties below {@code mtls.clients}: by the name of a client what
 * {@code mtls.client} has.
 */
final class NamedClients {

	static final String PREFIX = "mtls.clients";

	private static final Set<String> RESERVED = Set.of("client", "server", "management");

	private NamedClients() {
	}

	/**
	 * Bind the properties. Each name is bound by itself, so that a key that does not
	 * exist fails as it does elsewhere.
	 * @param environment the environment
	 * @return the properties by name
	 */
	static Map<String, MtlsClientProperties> of(Environment environment) {
		Map<String, MtlsClientProperties> clients = new LinkedHashMap<>();
		for (String name : StrictProperties.names(environment, PREFIX)) {
			if (RESERVED.contains(name)) {
				throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix(name),
						"the SSL bundle mtls-%s is another's".formatted(name), "choose another name for the client");
			}
			MtlsClientProperties properties = StrictProperties.bind(environment, prefix(name),
					MtlsClientProperties.class);
			if (!Boolean.FALSE.equals(properties.enabled())) {
				clients.put(name, properties);
			}
		}
		return clients;
	}

	/**
	 * Check that no client has the name of a gate.
	 * @param environment the environment
	 * @param gate the name of the gate
	 * @param property what is configured with that gate
	 * @throws MtlsException if one has
	 */
	static void checkFree(Environment environment, String gate, String property) {
		if (of(environment).containsKey(gate)) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, property,
					"its gate has the name of %s".formatted(prefix(gate)),
					"choose another name for it or for the client");
		}
	}

	static String prefix(String name) {
		return "%s.%s".formatted(PREFIX, name);
	}

}
