package dev.mtls.boot.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Objects;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizerBeanPostProcessor;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

import dev.mtls.boot.netty.MtlsNettyCustomizer;
import dev.mtls.boot.tomcat.MtlsTomcatCustomizer;
import dev.mtls.boot.web.reactive.GateWebFilter;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link MtlsServerAutoConfiguration} on Reactor Netty.
 */
class MtlsServerAutoConfigurationNettyTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsAutoConfiguration.class,
			MtlsServerAutoConfiguration.class, SslAutoConfiguration.class);

	private static MtlsTestFiles files;

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenItStartsNoServerSuppliesFilterAndNeedsNoKey() {
		this.runner.withPropertyValues("mtls.server.trust-certificates=" + files.anchor()).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(GateWebFilter.class);
			assertThat(context.getBean(Gate.class).snapshot().key()).isNull();
		});
	}

	@Test
	void contextWhenCertificateIsWantedSuppliesFilter() {
		new ReactiveWebApplicationContextRunner(AnnotationConfigReactiveWebServerApplicationContext::new)
			.withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(NettyConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.client-auth=want")
			.run((context) -> assertThat(context).hasSingleBean(GateWebFilter.class));
	}

	@Test
	void contextWhenCustomizerIsDefinedBacksOff() {
		this.runner.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnCustomizerConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(MtlsNettyCustomizer.class)
				.hasBean("ownNettyCustomizer"));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MtlsNettyCustomizer.class));
	}

	@Test
	void contextWhenNettyIsAbsentSuppliesGateOnly() {
		this.runner.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(HttpServer.class, NettyReactiveWebServerFactory.class))
			.run((context) -> assertThat(context).hasSingleBean(Gate.class).doesNotHaveBean("mtlsNettyCustomizer"));
	}

	@Test
	void contextWhenNothingReactiveIsThereSuppliesTomcat() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader("io.netty", "reactor", "org.reactivestreams",
					"org.springframework.boot.reactor", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(MtlsTomcatCustomizer.class));
	}

	@Test
	void contextWhenNettyStartsPutsItBehindTheGate() {
		new ReactiveWebApplicationContextRunner(AnnotationConfigReactiveWebServerApplicationContext::new)
			.withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(NettyConfiguration.class)
			.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.allowed-clients=alice")
			.run((context) -> {
				assertThat(context).hasSingleBean(MtlsNettyCustomizer.class).doesNotHaveBean(GateWebFilter.class);
				WebServer server = context.getSourceApplicationContext(ReactiveWebServerApplicationContext.class)
					.getWebServer();
				int port = Objects.requireNonNull(server).getPort();
				assertThat(get(port, "alice")).isEqualTo(HttpStatus.NO_CONTENT.value());
				assertThatIOException().isThrownBy(() -> get(port, "mallory"));
			});
	}

	private static int get(int port, String name) throws Exception {
		SSLContext client = files.authority().client(name).sslContext(files.authority());
		return HttpClient.newBuilder()
			.sslContext(client)
			.build()
			.send(HttpRequest.newBuilder(URI.create("https://localhost:" + port)).build(), BodyHandlers.discarding())
			.statusCode();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCustomizerConfiguration {

		@Bean
		MtlsNettyCustomizer ownNettyCustomizer(Gate gate) {
			return new MtlsNettyCustomizer(gate, "mtls-server", null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NettyConfiguration {

		@Bean
		static WebServerFactoryCustomizerBeanPostProcessor customizers() {
			return new WebServerFactoryCustomizerBeanPostProcessor();
		}

		@Bean
		NettyReactiveWebServerFactory netty(SslBundles bundles) {
			NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(0);
			factory.setSslBundles(bundles);
			return factory;
		}

		@Bean
		HttpHandler httpHandler() {
			return (request, response) -> answer(response);
		}

		private static Mono<Void> answer(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.NO_CONTENT);
			return response.setComplete();
		}

	}

}
