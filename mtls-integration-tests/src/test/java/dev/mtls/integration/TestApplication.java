package dev.mtls.integration;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application whose server is whichever is on the class path.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ PeerController.class, ClientCertController.class, HeaderController.class, WaitController.class,
		ThreadController.class, ServletEcho.class, ReactiveEcho.class, ServletHeaders.class, ReactiveHeaders.class,
		NettyEngine.class })
class TestApplication {

	@Bean
	EventRecorder eventRecorder() {
		return new EventRecorder();
	}

}
