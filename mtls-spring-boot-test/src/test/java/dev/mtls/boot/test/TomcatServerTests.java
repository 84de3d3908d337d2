package dev.mtls.boot.test;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tests for {@link MtlsTest} on Tomcat.
 */
@MtlsTest(clientNames = ServerTests.NAME, classes = { TestApplication.class, TomcatServerTests.Tomcat.class },
		properties = { ServerTests.RULE, TestApplication.WITHOUT_SECURITY })
class TomcatServerTests extends ServerTests {

	@Override
	String server() {
		return "Tomcat";
	}

	/**
	 * Tomcat.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Tomcat {

		@Bean
		TomcatServletWebServerFactory tomcat() {
			return new TomcatServletWebServerFactory();
		}

	}

}
