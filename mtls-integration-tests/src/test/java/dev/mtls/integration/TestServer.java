package dev.mtls.integration;

import java.net.URI;
import java.util.Objects;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A running {@link TestApplication} on a free port.
 */
final class TestServer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private TestServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application.
	 * @param properties its properties as {@code key=value}
	 * @return the running application
	 */
	static TestServer start(String... properties) {
		return start(TestApplication.class, properties);
	}

	/**
	 * Start an application that is more than {@link TestApplication}.
	 * @param application the application
	 * @param properties its properties as {@code key=value}
	 * @return the running application
	 */
	static TestServer start(Class<?> application, String... properties) {
		return new TestServer(new SpringApplicationBuilder(application)
			.properties("server.port=0", "server.http2.enabled=true", "spring.main.banner-mode=off",
					"logging.level.root=error", "logging.level.org.springframework.boot.diagnostics=off")
			.properties(properties)
			.run());
	}

	/**
	 * The server that this run of the tests is for.
	 * @return {@code tomcat}, {@code jetty} or {@code netty}
	 */
	static String expected() {
		return System.getProperty("mtls.test.server", "tomcat");
	}

	WebServer webServer() {
		return Objects.requireNonNull(((WebServerApplicationContext) this.context).getWebServer());
	}

	int port() {
		return webServer().getPort();
	}

	URI uri(String path) {
		return URI.create("https://127.0.0.1:%d%s".formatted(port(), path));
	}

	EventRecorder events() {
		return bean(EventRecorder.class);
	}

	/**
	 * How many requests to {@code /peer} have reached the controller.
	 * @return the number since the start
	 */
	int requests() {
		return bean(PeerController.class).requests();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
