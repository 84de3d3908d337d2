package dev.mtls.integration;

import jakarta.servlet.Filter;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/**
 * A filter of a management port of its own that wants to come first. A reactive
 * application has the filters of its other port there.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(HeaderController.class)
class ServletManagementHeaders {

	@Bean
	FilterRegistrationBean<Filter> aManagementFilterThatComesFirst(HeaderController controller) {
		return ServletHeaders.register(controller);
	}

}
