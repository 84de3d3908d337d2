package dev.mtls.boot.test;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tests for {@link MtlsTest} on Netty.
 */
@MtlsTest(clientNames = ServerTests.NAME, classes = { TestApplication.class, NettyServerTests.Netty.class },
		properties = { ServerTests.RULE, TestApplication.WITHOUT_SECURITY, TestApplication.REACTIVE })
class NettyServerTests extends ServerTests {

	@Override
	String server() {
		return "Netty";
	}

	/**
	 * Netty.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Netty {

		@Bean
		NettyReactiveWebServerFactory netty() {
			return new NettyReactiveWebServerFactory();
		}

	}

}
