package dev.mtls.boot.test;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tests for {@link MtlsTest} on Jetty.
 */
@MtlsTest(clientNames = ServerTests.NAME, classes = { TestApplication.class, JettyServerTests.Jetty.class },
		properties = { ServerTests.RULE, TestApplication.WITHOUT_SECURITY })
class JettyServerTests extends ServerTests {

	@Override
	String server() {
		return "Jetty";
	}

	/**
	 * Jetty.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Jetty {

		@Bean
		JettyServletWebServerFactory jetty() {
			return new JettyServletWebServerFactory();
		}

	}

}
