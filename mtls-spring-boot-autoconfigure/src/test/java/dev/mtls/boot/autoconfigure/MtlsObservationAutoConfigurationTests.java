package dev.mtls.boot.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.transport.RequestReplyReceiverContext;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxObservationAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.metrics.ReactivePeerObservationFilter;
import dev.mtls.boot.metrics.ServletPeerObservationFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsObservationAutoConfiguration}.
 */
class MtlsObservationAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations
		.of(MtlsObservationAutoConfiguration.class);

	private static final AutoConfigurations MTLS = AutoConfigurations.of(MtlsObservationAutoConfiguration.class,
			MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class, SslAutoConfiguration.class,
			MetricsAutoConfiguration.class, ObservationAutoConfiguration.class);

	private static final String ENABLED = "mtls.server.enabled=true";

	@TempDir
	private Path directory;

	private MtlsTestFiles files;

	@BeforeEach
	void write() {
		this.files = MtlsTestFiles.in(this.directory);
	}

	@Test
	void contextSuppliesTheFilterOfItsKind() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.run((context) -> assertThat(context).hasSingleBean(ServletPeerObservationFilter.class)
				.doesNotHaveBean(ReactivePeerObservationFilter.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.run((context) -> assertThat(context).hasSingleBean(ReactivePeerObservationFilter.class)
				.doesNotHaveBean(ServletPeerObservationFilter.class));
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationFilter.class));
	}

	@Test
	void contextWhenMtlsIsOffSuppliesNothing() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationFilter.class));
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED, "mtls.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationFilter.class));
	}

	@Test
	void contextWhenObservationsAreAbsentSuppliesNothing() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.withClassLoader(new FilteredClassLoader("io.micrometer.observation"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsPeerObservationFilter"));
	}

	@Test
	void reactiveContextNeedsNoServlets() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.withClassLoader(new FilteredClassLoader(HttpServletRequest.class))
			.run((context) -> assertThat(context).hasSingleBean(ReactivePeerObservationFilter.class));
	}

	@Test
	void servletContextNeedsNothingReactive() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.withClassLoader(new FilteredClassLoader("org.springframework.http.server.reactive", "reactor"))
			.run((context) -> assertThat(context).hasSingleBean(ServletPeerObservationFilter.class));
	}

	@Test
	void contextWhenFilterIsDefinedBacksOff() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(ENABLED)
			.withBean("own", ServletPeerObservationFilter.class, ServletPeerObservationFilter::new)
			.run((context) -> assertThat(context).hasSingleBean(ObservationFilter.class).hasBean("own"));
	}

	@Test
	void servletRequestTellsPeerToSpansAndNotToMetrics() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new).withConfiguration(MTLS)
			.withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class,
					DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class,
					WebMvcObservationAutoConfiguration.class))
			.withUserConfiguration(ObservedApplication.class)
			.withPropertyValues(this.files.serverProperties())
			.withPropertyValues("server.port=0")
			.run(this::assertTellsPeerToSpansAndNotToMetrics);
	}

	@Test
	void reactiveRequestTellsPeerToSpansAndNotToMetrics() {
		new ReactiveWebApplicationContextRunner(AnnotationConfigReactiveWebServerApplicationContext::new)
			.withConfiguration(MTLS)
			.withConfiguration(AutoConfigurations.of(NettyReactiveWebServerAutoConfiguration.class,
					HttpHandlerAutoConfiguration.class, WebFluxAutoConfiguration.class,
					WebFluxObservationAutoConfiguration.class))
			.withUserConfiguration(ObservedApplication.class)
			.withPropertyValues(this.files.serverProperties())
			.withPropertyValues("server.port=0")
			.run(this::assertTellsPeerToSpansAndNotToMetrics);
	}

	private void assertTellsPeerToSpansAndNotToMetrics(ApplicationContext context) throws Exception {
		HttpClient client = HttpClient.newBuilder()
			.sslContext(this.files.authority().client("api.example.com").sslContext(this.files.authority()))
			.build();
		int port = context.getBean(ObservedServer.class).port;
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:%d/".formatted(port))).build();
		assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("hello");
		List<Observation.Context> stopped = context.getBean(StoppedObservations.class).contexts;
		Awaitility.await().untilAsserted(() -> assertThat(stopped).hasSize(1));
		assertThat(stopped.get(0).getHighCardinalityKeyValues()).contains(KeyValue.of("mtls.peer", "api.example.com"));
		assertThat(stopped.get(0).getLowCardinalityKeyValues()).isNotEmpty()
			.noneMatch((pair) -> pair.getKey().equals("mtls.peer") || pair.getValue().contains("api.example.com"));
		Timer timer = context.getBean(MeterRegistry.class).get("http.server.requests").timer();
		assertThat(timer.getId().getTags()).isNotEmpty()
			.noneMatch((tag) -> tag.getKey().equals("mtls.peer") || tag.getValue().contains("api.example.com"));
	}

	/**
	 * An application whose requests are observed.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ObservedApplication {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		StoppedObservations stoppedObservations() {
			return new StoppedObservations();
		}

		@Bean
		ObservedServer observedServer() {
			return new ObservedServer();
		}

		@Bean
		Greeting greeting() {
			return new Greeting();
		}

	}

	/**
	 * Knows the port.
	 */
	static class ObservedServer implements ApplicationListener<WebServerInitializedEvent> {

		private volatile int port;

		@Override
		public void onApplicationEvent(WebServerInitializedEvent event) {
			this.port = event.getWebServer().getPort();
		}

	}

	/**
	 * Keeps what it is told, as a tracer would.
	 */
	static class StoppedObservations implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> contexts = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.contexts.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof RequestReplyReceiverContext;
		}

	}

	/**
	 * Answers.
	 */
	@RestController
	static class Greeting {

		@GetMapping("/")
		String greet() {
			return "hello";
		}

	}

}
