package dev.mtls.boot.documentation;

import java.util.stream.Stream;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import dev.mtls.tcp.TcpConnectionHandler;

/**
 * An application on Tomcat and a free port, which can serve TCP too.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ExampleApplication {

	@Bean
	TomcatServletWebServerFactory webServerFactory() {
		return new TomcatServletWebServerFactory(0);
	}

	@Bean
	TcpConnectionHandler echo() {
		return (connection) -> connection.send(connection.receive().retain());
	}

	/**
	 * Start it.
	 * @param properties its properties as {@code key=value}
	 * @return the running application
	 */
	static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(ExampleApplication.class).bannerMode(Banner.Mode.OFF)
			.run(Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new));
	}

}
