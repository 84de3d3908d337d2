package dev.mtls.boot.rsocket;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.messaging.rsocket.annotation.support.RSocketMessageHandler;

import dev.mtls.boot.web.ClientCert;

/**
 * Gives every {@link RSocketMessageHandler} the resolver of parameters that are about the
 * peer, that of an application itself as well: without it a {@link ClientCert} parameter
 * would be bound to what the peer sends.
 */
public final class MessageHandlerPostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof RSocketMessageHandler handler) {
			handler.getArgumentResolverConfigurer().addCustomResolver(new RSocketPeerMethodArgumentResolver());
		}
		return bean;
	}

}
