package dev.mtls.boot.rsocket;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.rsocket.server.RSocketServerFactory;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Fails the start of an RSocket server that is not behind the gate, which would otherwise
 * serve everybody.
 */
public final class GatedRSocketServerCheck implements SmartInitializingSingleton {

	private final ObjectProvider<RSocketServerFactory> factories;

	/**
	 * Create a check.
	 * @param factories make the servers
	 */
	public GatedRSocketServerCheck(ObjectProvider<RSocketServerFactory> factories) {
		this.factories = factories;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.factories.forEach((factory) -> {
			if (!(factory instanceof GatedRSocketServerFactory)) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "mtls.server",
						"the RSocket server of %s is not behind the gate".formatted(factory.getClass().getName()),
						"remove that bean and leave the server to mtls.server, or set mtls.server.enabled=false");
			}
		});
	}

}
