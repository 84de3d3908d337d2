package dev.mtls.benchmarks;

import java.nio.file.Path;
import java.util.List;

import dev.mtls.test.PemFiles;

/**
 * The ways in which the {@link ComparedClient} speaks mutual TLS.
 */
enum OutboundVariant {

	/**
	 * With this project's starter, and a rule that lets the server in.
	 */
	STARTER {

		@Override
		List<String> properties(PemFiles client, Path anchor) {
			return List.of("mtls.client.certificate=" + client.certificate().toUri(),
					"mtls.client.private-key=" + client.privateKey().toUri(),
					"mtls.client.trust-certificates=" + anchor.toUri(), "mtls.client.allowed-servers=localhost");
		}

	},

	/**
	 * With Spring Boot alone: a bundle of its own for all clients.
	 */
	SPRING_BOOT {

		@Override
		List<String> properties(PemFiles client, Path anchor) {
			return List.of("spring.ssl.bundle.pem.client.keystore.certificate=" + client.certificate().toUri(),
					"spring.ssl.bundle.pem.client.keystore.private-key=" + client.privateKey().toUri(),
					"spring.ssl.bundle.pem.client.truststore.certificate=" + anchor.toUri(),
					"spring.http.clients.ssl.bundle=client");
		}

	};

	abstract List<String> properties(PemFiles client, Path anchor);

}
