package dev.mtls.benchmarks;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.ClassUtils;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.Material;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * What the starter lays over clients, laid over any client. The classes are nobody's but
 * the starter's, so they are instantiated by name.
 */
final class OutboundLayers {

	private static final String ROOM = "dev.mtls.boot.client.";

	private final TestAuthority authority = TestAuthority.create();

	private final Gate gate;

	OutboundLayers() {
		TestCertificate client = this.authority.client("client.example.com");
		Material material = new Material(KeyMaterial.of("client", client.privateKey(), client.chain()),
				TrustMaterial.of("trust", List.of(this.authority.anchor())));
		this.gate = Gate.builder(GateSettings.client("client", true, TlsProfile.defaults()),
				SnapshotLocations.builder("benchmark")
					.allowedPeers("allowed-servers", List.of("localhost"))
					.build()
					.withMaterial(() -> material))
			.open();
	}

	/**
	 * The layers of all request factories.
	 * @param factory the request factory
	 * @return the request factory with them
	 */
	ClientHttpRequestFactory rotating(ClientHttpRequestFactory factory) {
		return (ClientHttpRequestFactory) create("RotatingClientHttpRequestFactory", rotation((generation) -> factory));
	}

	/**
	 * The layers of the request factory of the JDK.
	 * @param factory the request factory
	 * @return the request factory with them
	 */
	ClientHttpRequestFactory rotatingJdk(ClientHttpRequestFactory factory) {
		return (ClientHttpRequestFactory) create("RotatingClientHttpRequestFactory",
				rotation((generation) -> create("jdk.CuttableRequestFactory", factory, connections(generation))));
	}

	/**
	 * The layers of all connectors.
	 * @param connector the connector
	 * @return the connector with them
	 */
	ClientHttpConnector rotating(ClientHttpConnector connector) {
		return (ClientHttpConnector) create("RotatingClientHttpConnector", rotation((generation) -> connector));
	}

	/**
	 * The connector of the JDK, with its layers.
	 * @param client the client
	 * @return the connector
	 */
	ClientHttpConnector rotatingConnector(HttpClient client) {
		return new JdkClientHttpConnector(rotating(client));
	}

	/**
	 * The layers of the JDK's client.
	 * @param client the client
	 * @return the client with them
	 */
	HttpClient rotating(HttpClient client) {
		return (HttpClient) create("RotatingHttpClient", rotation((generation) -> gated(client, generation)));
	}

	/**
	 * The TLS engine of a client, without layers.
	 * @return the engine
	 */
	SSLEngine engine() {
		return this.gate.sslContext().createSSLEngine("localhost", 443);
	}

	/**
	 * The TLS engine of the JDK's client.
	 * @return the engine
	 */
	SSLEngine gatedEngine() {
		ClientGeneration generation = new ClientGeneration(this.gate);
		SSLContext context = (SSLContext) create("jdk.GatedSslContext", generation.sslContext(),
				connections(generation));
		return context.createSSLEngine("localhost", 443);
	}

	/**
	 * The TLS engine of a server for either.
	 * @return the engine
	 */
	SSLEngine serverEngine() {
		SSLEngine engine = this.authority.server().sslContext(this.authority).createSSLEngine();
		engine.setUseClientMode(false);
		engine.setNeedClientAuth(true);
		return engine;
	}

	private Object rotation(Function<ClientGeneration, Object> builder) {
		Function<ClientGeneration, BuiltClient<Object>> built = (generation) -> new BuiltClient<>(
				builder.apply(generation), () -> {
				});
		return create("Rotation", this.gate, built, Duration.ofSeconds(30));
	}

	private static Object gated(HttpClient client, ClientGeneration generation) {
		return create("jdk.GatedHttpClient", client, connections(generation));
	}

	private static Object connections(ClientGeneration generation) {
		// Nothing is cut, so that no idle connection is closed by a request
		return create("jdk.GatedConnections", generation, create("jdk.IdleConnections", (Object) null));
	}

	private static Object create(String name, @Nullable Object... arguments) {
		Class<?> type = ClassUtils.resolveClassName(ROOM + name, OutboundLayers.class.getClassLoader());
		return Arrays.stream(type.getDeclaredConstructors())
			.filter((constructor) -> constructor.getParameterCount() == arguments.length)
			.map((constructor) -> (Object) BeanUtils.instantiateClass(constructor, arguments))
			.findFirst()
			.orElseThrow();
	}

}
