package dev.mtls.integration;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application whose handlers of every kind ask who the peer is.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ GuardedController.class, ServletPeers.class, StompPeers.class, ReactivePeers.class, OpenServletChain.class,
		OpenReactiveChain.class })
class GuardedApplication {

	@Bean
	EventRecorder eventRecorder() {
		return new EventRecorder();
	}

}
