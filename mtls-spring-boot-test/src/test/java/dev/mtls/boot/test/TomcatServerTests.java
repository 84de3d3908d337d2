package dev.mtls.boot.test;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsTest} on Tomcat.
 */
@MtlsTest(clientNames = ServerTests.NAME, properties = { ServerTests.RULE, TestApplication.WITHOUT_SECURITY })
class TomcatServerTests extends ServerTests {

	@Test
	void serverIsTomcat(@Autowired TomcatServletWebServerFactory factory) {
		assertThat(factory).isNotNull();
	}

}
