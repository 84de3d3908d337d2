package dev.mtls.boot.messaging;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.messaging.handler.HandlerMethod;

import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Fails the start where a {@link RequireClientCert} is on a method that handles messages,
 * because nobody would be refused there.
 */
public final class UnenforcedRequirements implements SmartInitializingSingleton {

	private final ClientCertRequirements requirements;

	private final Supplier<Stream<? extends Map<?, HandlerMethod>>> handlers;

	/**
	 * Create a check.
	 * @param requirements finds what is required
	 * @param handlers the methods of what handles messages, by what they are mapped to
	 */
	public UnenforcedRequirements(ClientCertRequirements requirements,
			Supplier<Stream<? extends Map<?, HandlerMethod>>> handlers) {
		this.requirements = requirements;
		this.handlers = handlers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.handlers.get().forEach((methods) -> methods.values().forEach(this::check));
	}

	private void check(HandlerMethod handler) {
		if (this.requirements.exist(handler.getBeanType(), handler.getMethod())) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID,
					"@RequireClientCert of %s.%s".formatted(handler.getBeanType().getName(),
							handler.getMethod().getName()),
					"it is not asked for messages",
					"move the method to a type without it, and decide there by a @ClientCert parameter");
		}
	}

}
