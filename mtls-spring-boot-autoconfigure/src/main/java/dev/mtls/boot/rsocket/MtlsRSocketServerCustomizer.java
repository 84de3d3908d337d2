package dev.mtls.boot.rsocket;

import io.rsocket.core.RSocketServer;
import org.springframework.boot.rsocket.server.RSocketServerCustomizer;
import org.springframework.core.Ordered;

import dev.mtls.gate.Gate;

/**
 * {@link RSocketServerCustomizer} with which an RSocket server asks the {@link Gate}: at
 * the setup of each connection, and at each message in either direction.
 */
public final class MtlsRSocketServerCustomizer implements RSocketServerCustomizer, Ordered {

	private final Gate gate;

	private final boolean certificateRequired;

	/**
	 * Create a customizer.
	 * @param gate the gate
	 * @param certificateRequired whether a peer needs a certificate although its
	 * connection does not
	 */
	public MtlsRSocketServerCustomizer(Gate gate, boolean certificateRequired) {
		this.gate = gate;
		this.certificateRequired = certificateRequired;
	}

	@Override
	public void customize(RSocketServer server) {
		server.interceptors((registry) -> registry
			.forSocketAcceptor(new GateSocketAcceptorInterceptor(this.gate, this.certificateRequired)));
	}

	/**
	 * After every other customizer: the interceptor that is added last is asked first.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
