package dev.mtls.boot.documentation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.pool.MtlsTcpPool;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What an application is told that can neither connect nor listen for a {@link Reason}.
 */
final class ConnectionFailures {

	private static final String UNKNOWN_HOST = "nobody.invalid";

	private final PemFiles own;

	private final Path trust;

	ConnectionFailures(Path directory) {
		TestAuthority authority = TestAuthority.create();
		this.own = authority.server().writeTo(directory, "tls");
		this.trust = authority.writeTo(directory, "ca");
	}

	/**
	 * Have an application fail.
	 * @param reason the reason
	 * @return the message, with the hosts and ports that are shown
	 */
	String message(Reason reason) throws IOException {
		return switch (reason) {
			case HOST_UNRESOLVED -> messageOf(get(UNKNOWN_HOST + ":8443"))
				// The system may say more
				.replaceFirst(": %s: [^.]+".formatted(UNKNOWN_HOST), ": " + UNKNOWN_HOST)
				.replace(UNKNOWN_HOST, "api.example.com");
			case CONNECT_FAILED -> {
				String address = whileListening(UnaryOperator.identity());
				yield messageOf(get(address)).replace(address, "api.example.com:8443");
			}
			case BIND_FAILED ->
				whileListening((address) -> messageOf(listen(address)).replace(address, "0.0.0.0:7443"));
			case POOL_EXHAUSTED ->
				whileListening((address) -> messageOf(lend(address)).replace(address, "orders.example.com:7443"));
			default -> throw new IllegalArgumentException(reason.code());
		};
	}

	private static String whileListening(UnaryOperator<String> use) throws IOException {
		try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			return use.apply("127.0.0.1:" + listener.getLocalPort());
		}
	}

	private @Nullable Throwable get(String address) {
		try (ConfigurableApplicationContext context = start("spring.http.clients.imperative.factory=jetty")) {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			return catchThrowable(() -> client.get().uri("https://" + address).retrieve().toBodilessEntity());
		}
	}

	private @Nullable Throwable listen(String address) {
		return catchThrowable(() -> start("mtls.tcp.servers.echo.listen=" + address).close());
	}

	// Nobody answers the handshake of the only connection
	private @Nullable Throwable lend(String address) {
		try (ConfigurableApplicationContext context = start("mtls.tcp.clients.orders.server=" + address,
				"mtls.tcp.clients.orders.pool.max-connections=1", "mtls.tcp.clients.orders.pool.acquire-timeout=2s")) {
			MtlsTcpPool pool = context.getBean(MtlsTcpPool.class);
			pool.use((connection) -> Mono.never()).onErrorComplete().subscribe();
			return catchThrowable(() -> pool.use((connection) -> Mono.empty()).block());
		}
	}

	private ConfigurableApplicationContext start(String... properties) {
		return ExampleApplication
			.start(Stream.concat(Stream.of("server", "client").flatMap(this::material), Stream.of(properties))
				.toArray(String[]::new));
	}

	private Stream<String> material(String side) {
		return Stream
			.of("certificate=" + this.own.certificate(), "private-key=" + this.own.privateKey(),
					"trust-certificates=" + this.trust)
			.map((property) -> "mtls.%s.%s".formatted(side, property));
	}

	private static String messageOf(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException) {
				return Objects.requireNonNull(cause.getMessage());
			}
		}
		throw new AssertionError("Not caused by an MtlsException", failure);
	}

}
