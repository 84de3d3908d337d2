package dev.mtls.integration;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application with a chain of Spring Security of its own, whose server is whichever is
 * on the class path. Everything needs authentication but {@code /public}, and
 * {@code /admin} an administrator; below {@code /x509} Spring Security's own X.509
 * authentication is in place of ours.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ WhoController.class, ServletSecurity.class, ReactiveSecurity.class })
class SecuredApplication {

	@Bean
	EventRecorder eventRecorder() {
		return new EventRecorder();
	}

}
