package dev.mtls.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.test.PemFiles;

/**
 * The ways in which the {@link ComparedApplication} speaks mutual TLS.
 */
enum Variant {

	/**
	 * With this project's starter, and rules that let the client in.
	 */
	STARTER {

		@Override
		List<String> properties(PemFiles server, Path anchor) {
			return List.of("mtls.server.certificate=" + server.certificate().toUri(),
					"mtls.server.private-key=" + server.privateKey().toUri(),
					"mtls.server.trust-certificates=" + anchor.toUri(),
					"mtls.server.allowed-clients=client.example.com",
					"mtls.server.allowed-networks=" + ALLOWED_NETWORK);
		}

	},

	/**
	 * With Spring Boot alone: a bundle of its own and {@code client-auth=need}.
	 */
	SPRING_BOOT {

		@Override
		List<String> properties(PemFiles server, Path anchor) {
			return List.of("spring.ssl.bundle.pem.server.keystore.certificate=" + server.certificate().toUri(),
					"spring.ssl.bundle.pem.server.keystore.private-key=" + server.privateKey().toUri(),
					"spring.ssl.bundle.pem.server.truststore.certificate=" + anchor.toUri(), "server.ssl.bundle=server",
					"server.ssl.client-auth=need");
		}

	},

	/**
	 * With Spring Boot alone, and a servlet filter that refuses addresses.
	 */
	SPRING_BOOT_AND_FILTER {

		@Override
		List<String> properties(PemFiles server, Path anchor) {
			List<String> properties = new ArrayList<>(SPRING_BOOT.properties(server, anchor));
			properties.add("benchmark.allowed-network=" + ALLOWED_NETWORK);
			return properties;
		}

	};

	private static final String ALLOWED_NETWORK = "127.0.0.1/32";

	abstract List<String> properties(PemFiles server, Path anchor);

}
