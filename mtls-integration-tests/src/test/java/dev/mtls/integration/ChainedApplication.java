package dev.mtls.integration;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application with chains of Spring Security of its own that its DSL makes.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ WhoController.class, ServletChains.class, ReactiveChains.class })
class ChainedApplication {

	@Bean
	EventRecorder eventRecorder() {
		return new EventRecorder();
	}

}
