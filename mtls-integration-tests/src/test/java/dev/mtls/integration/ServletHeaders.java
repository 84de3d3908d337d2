package dev.mtls.integration;

import java.util.Collections;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * A filter of a servlet application that wants to come first.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletHeaders {

	@Bean
	FilterRegistrationBean<Filter> aFilterThatComesFirst(HeaderController controller) {
		return register(controller);
	}

	static FilterRegistrationBean<Filter> register(HeaderController controller) {
		FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
			controller.seenByFilter(Collections.list(((HttpServletRequest) request).getHeaderNames()));
			chain.doFilter(request, response);
		});
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		return registration;
	}

}
