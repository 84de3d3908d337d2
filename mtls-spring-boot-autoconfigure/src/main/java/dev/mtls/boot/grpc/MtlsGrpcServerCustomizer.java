package dev.mtls.boot.grpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.grpc.ServerBuilder;
import org.springframework.core.Ordered;
import org.springframework.grpc.server.ServerBuilderCustomizer;

import dev.mtls.gate.Gate;

/**
 * {@link ServerBuilderCustomizer} that puts every network server of gRPC behind a
 * {@link Gate}: the gate is asked at each connection and each call, and running calls of
 * a peer end as soon as it is no longer admitted. TLS itself is that of the SSL bundle
 * that the server names.
 * <p>
 * gRPC tells of a connection when its handshake is complete. An address that is not
 * admitted is therefore refused after TLS, before a call; and a connection whose peer is
 * no longer admitted has its calls ended and every further one refused, but gRPC offers
 * no way to close it.
 * <p>
 * A server within the process is left alone, as its callers are the application itself,
 * and so is one in a servlet container, where the web server asks the gate.
 *
 * @param <T> the type of the builder
 */
public final class MtlsGrpcServerCustomizer<T extends ServerBuilder<T>> implements ServerBuilderCustomizer<T>, Ordered {

	private static final Set<String> WITHOUT_CONNECTIONS = Set.of("io.grpc.inprocess.InProcessServerBuilder",
			"io.grpc.servlet.jakarta.ServletServerBuilder");

	private final Gate gate;

	private final boolean certificateRequired;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param certificateRequired whether a peer needs a certificate although the gate
	 * does not require one, because that is for paths of the web server
	 */
	public MtlsGrpcServerCustomizer(Gate gate, boolean certificateRequired) {
		this.gate = gate;
		this.certificateRequired = certificateRequired;
	}

	@Override
	public void customize(T builder) {
		if (WITHOUT_CONNECTIONS.contains(builder.getClass().getName())) {
			return;
		}
		Duration timeout = this.gate.settings().handshakeTimeout();
		builder.handshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
			.addTransportFilter(new GatedTransportFilter(this.gate, this.certificateRequired))
			.intercept(new GateServerInterceptor());
	}

	/**
	 * After every other customizer: the interceptor that is added last is asked first.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
