package dev.mtls.boot.client.reactor;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;

import dev.mtls.boot.client.gate.ClientPool;

/**
 * Makes a {@link ConnectionProvider} for one client, like the one that the application
 * chose but with other bounds.
 */
final class OwnPool {

	private OwnPool() {
	}

	/**
	 * Make a provider.
	 * @param base the client as the application's factory makes it
	 * @param pool the bounds
	 * @param counted is told of the pools of the provider
	 * @return the provider, or {@code null} if the base has to be kept with its own,
	 * because it is more than a provider or does not pool
	 */
	static @Nullable ConnectionProvider create(HttpClient base, ClientPool pool, CountedPools counted) {
		ConnectionProvider.Builder builder = base.configuration().connectionProvider().mutate();
		if (builder == null || !isPlain(base)) {
			return null;
		}
		// The timer of a provider goes on when it was disposed
		builder.disposeInactivePoolsInBackground(Duration.ZERO, Duration.ZERO);
		builder.metrics(true, () -> counted);
		if (pool.maxConnectionsPerHost() != null) {
			builder.maxConnections(pool.maxConnectionsPerHost());
		}
		if (pool.idleTime() != null) {
			builder.maxIdleTime(pool.idleTime()).evictInBackground(pool.idleTime());
		}
		if (pool.lifetime() != null) {
			builder.maxLifeTime(pool.lifetime());
		}
		return builder.build();
	}

	// Nothing but a provider was set, as far as a client tells
	private static boolean isPlain(HttpClient base) {
		HttpClientConfig config = base.configuration();
		HttpClientConfig plain = HttpClient.create(config.connectionProvider()).configuration();
		return config.channelHash() == plain.channelHash() && config.headers().isEmpty() && !config.hasProxy()
				&& config.http2SettingsSpec() == null && !config.isRetryDisabled()
				&& Objects.equals(config.responseTimeout(), plain.responseTimeout())
				&& isUnset(config.baseUrl(), config.uri(), config.followRedirectPredicate(),
						config.redirectRequestConsumer(), config.redirectRequestBiConsumer(),
						config.websocketClientSpec(), config.doOnConnect(), config.doOnConnected(),
						config.doOnDisconnected());
	}

	private static boolean isUnset(@Nullable Object... values) {
		for (Object value : values) {
			if (value != null) {
				return false;
			}
		}
		return true;
	}

}
