package dev.mtls.integration;

import java.util.Collections;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * A filter of a servlet application that wants to come first.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletHeaders {

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	Filter aFilterThatComesFirst(HeaderController controller) {
		return (request, response, chain) -> {
			controller.seenByFilter(Collections.list(((HttpServletRequest) request).getHeaderNames()));
			chain.doFilter(request, response);
		};
	}

}
