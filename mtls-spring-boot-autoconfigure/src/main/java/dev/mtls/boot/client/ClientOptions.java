package dev.mtls.boot.client;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;

import dev.mtls.boot.client.gate.ClientPool;

/**
 * What is configured for a client beside its gate.
 *
 * @param connectTimeout how long connecting may take, or {@code null} for that of all
 * HTTP clients of the application
 * @param readTimeout how long reading may take, or {@code null} for that of all HTTP
 * clients of the application
 * @param pool the bounds of its pools
 * @param retry whether and how requests are tried again, or {@code null} if they are not
 */
public record ClientOptions(@Nullable Duration connectTimeout, @Nullable Duration readTimeout, ClientPool pool,
		@Nullable ClientRetry retry) {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Combine the timeouts with the settings for all HTTP clients.
	 * @param settings the settings of the application
	 * @return the settings, with timeouts of 10 and 30 seconds where neither says one
	 */
	HttpClientSettings over(HttpClientSettings settings) {
		return settings.withSslBundle(null)
			.withTimeouts(first(this.connectTimeout, settings.connectTimeout(), CONNECT_TIMEOUT),
					first(this.readTimeout, settings.readTimeout(), READ_TIMEOUT));
	}

	private static Duration first(@Nullable Duration own, @Nullable Duration general, Duration otherwise) {
		return (own != null) ? own : Objects.requireNonNullElse(general, otherwise);
	}

}
