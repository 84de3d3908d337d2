package dev.mtls.integration;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.WebFilter;

/**
 * A filter of a reactive application that wants to come first.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveHeaders {

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	WebFilter aFilterThatComesFirst(HeaderController controller) {
		return (exchange, chain) -> {
			controller.seenByFilter(exchange.getRequest().getHeaders().headerNames());
			return chain.filter(exchange);
		};
	}

}
