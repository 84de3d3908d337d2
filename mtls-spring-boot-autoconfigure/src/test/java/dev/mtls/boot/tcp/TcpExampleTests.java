package dev.mtls.boot.tcp;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the example of {@code docs/tcp.md} for Spring Boot.
 */
class TcpExampleTests {

	@Test
	void handlerAnswersClient(@TempDir Path directory) {
		TestAuthority authority = TestAuthority.create();
		PemFiles own = authority.server().writeTo(directory, "own");
		PemFiles client = authority.client("orders.example.com").writeTo(directory, "client");
		Path anchor = authority.writeTo(directory, "ca");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--mtls.server.certificate=file:" + own.certificate(),
					"--mtls.server.private-key=file:" + own.privateKey(),
					"--mtls.server.trust-certificates=file:" + anchor,
					"--mtls.client.certificate=file:" + client.certificate(),
					"--mtls.client.private-key=file:" + client.privateKey(),
					"--mtls.client.trust-certificates=file:" + anchor, "--mtls.tcp.servers.echo.listen=127.0.0.1:0",
					"--mtls.tcp.servers.echo.idle-timeout=5m", "--mtls.tcp.servers.echo.limits.connections=1000",
					"--mtls.tcp.clients.orders.server=localhost:1", "--mtls.tcp.clients.orders.retry.max-attempts=5")) {
			int port = context.getBean(TcpServerLifecycle.class).listener("echo").port();
			Orders orders = new Orders(context.getBean("orders", MtlsTcpClient.class).port(port));
			assertThat(orders.ask("hello").block(Duration.ofSeconds(10))).isEqualTo("hello");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ EchoHandler.class, Orders.class })
	static class Application {

	}

	@Component
	@MtlsTcpListener("echo")
	static class EchoHandler implements TcpConnectionHandler {

		@Override
		public Publisher<Void> handle(TcpConnection connection) {
			return connection.send(connection.receive().retain());
		}

	}

	@Component
	static class Orders {

		private final MtlsTcpClient client;

		Orders(@Qualifier("orders") MtlsTcpClient client) {
			this.client = client;
		}

		Mono<String> ask(String question) {
			return this.client.connect()
				.flatMap((connection) -> connection.send(ByteBufFlux.fromString(Mono.just(question)))
					.then(connection.closeOutput())
					.then(connection.receive().aggregate().asString()));
		}

	}

}
