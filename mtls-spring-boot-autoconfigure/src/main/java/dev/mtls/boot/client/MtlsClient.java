package dev.mtls.boot.client;

import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.boot.client.jdk.GatedHttpClient;
import dev.mtls.boot.client.jdk.JdkHttpClients;
import dev.mtls.gate.Gate;

/**
 * One client identity of the application: a gate, and the HTTP clients that are built
 * over it and follow its changes.
 */
public final class MtlsClient implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(MtlsClient.class);

	private final List<Rotation<?>> rotations = new CopyOnWriteArrayList<>();

	private final Gate gate;

	private final ClientOptions options;

	/**
	 * Create an identity.
	 * @param gate its gate
	 * @param options what is configured beside
	 */
	public MtlsClient(Gate gate, ClientOptions options) {
		this.gate = gate;
		this.options = options;
	}

	/**
	 * The gate.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	/**
	 * What is configured beside the gate.
	 * @return the options
	 */
	public ClientOptions options() {
		return this.options;
	}

	/**
	 * Build a request factory that follows the gate, for {@code RestClient} and
	 * {@code RestTemplate}. It is this object's to close.
	 * @param builder the builder of the application
	 * @param settings the settings of the application for it
	 * @return the request factory
	 */
	ClientHttpRequestFactory requestFactory(ClientHttpRequestFactoryBuilder<?> builder, HttpClientSettings settings) {
		return new RotatingClientHttpRequestFactory(rotation((generation) -> RequestFactories.requestFactory(builder,
				this.options.over(settings), generation, this.options)));
	}

	/**
	 * Build a connector that follows the gate, for {@code WebClient}. It is this object's
	 * to close.
	 * @param builder the builder of the application
	 * @param settings the settings of the application for it
	 * @return the connector
	 */
	ClientHttpConnector connector(ClientHttpConnectorBuilder<?> builder, HttpClientSettings settings) {
		return Connectors.connector(this, builder, this.options.over(settings));
	}

	/**
	 * Build an HTTP client of the JDK that follows the gate. It is this object's to
	 * close.
	 * @param settings the settings of the application for it
	 * @return the HTTP client
	 */
	public HttpClient httpClient(HttpClientSettings settings) {
		Rotation<GatedHttpClient> rotation = rotation(
				(generation) -> JdkHttpClients.httpClient(this.options.over(settings), generation));
		return new RotatingHttpClient(rotation);
	}

	/**
	 * Have clients built for each generation of the gate.
	 * @param <T> the type of the client
	 * @param builder builds a client for a generation
	 * @return the rotation, which is this object's to close
	 */
	<T> Rotation<T> rotation(Function<ClientGeneration, BuiltClient<T>> builder) {
		Rotation<T> rotation = new Rotation<>(this.gate, builder, this.options.pool().drainTime());
		this.rotations.add(rotation);
		return rotation;
	}

	/**
	 * Have all clients follow the gate. To be called at least each second, for those that
	 * make no requests.
	 */
	public void check() {
		for (Rotation<?> rotation : this.rotations) {
			try {
				rotation.check();
			}
			catch (RuntimeException ex) {
				// The next request tries again, and is told
				logger.debug("A client could not be built anew", ex);
			}
		}
	}

	/**
	 * What the connection pools of all clients hold.
	 * @return the counts, or {@code null} if there are no clients, or only those of
	 * libraries that do not tell
	 */
	public @Nullable PoolCounts pools() {
		return this.rotations.stream().flatMap(Rotation::pools).reduce(PoolCounts::plus).orElse(null);
	}

	@Override
	public void close() {
		this.rotations.forEach(Rotation::close);
	}

}
