package dev.mtls.boot.messaging;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.invocation.AbstractMethodMessageHandler;

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

	private final ObjectProvider<AbstractMethodMessageHandler<?>> handlers;

	/**
	 * Create a check.
	 * @param requirements finds what is required
	 * @param handlers know the methods
	 */
	public UnenforcedRequirements(ClientCertRequirements requirements,
			ObjectProvider<AbstractMethodMessageHandler<?>> handlers) {
		this.requirements = requirements;
		this.handlers = handlers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.handlers.forEach((handler) -> handler.getHandlerMethods().values().forEach(this::check));
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
