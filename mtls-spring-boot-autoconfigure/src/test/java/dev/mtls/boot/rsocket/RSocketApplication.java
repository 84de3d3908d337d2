package dev.mtls.boot.rsocket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.rsocket.core.Resume;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketMessagingAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketServerAutoConfiguration;
import org.springframework.boot.rsocket.autoconfigure.RSocketStrategiesAutoConfiguration;
import org.springframework.boot.rsocket.server.RSocketServerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsRSocketServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsWebFluxAutoConfiguration;
import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with an RSocket server of Spring Boot.
 */
final class RSocketApplication implements AutoCloseable {

	private final BlockingQueue<MtlsEvent.PeerRefused> refusals = new LinkedBlockingQueue<>();

	private final ConfigurableApplicationContext context;

	private final Place place;

	RSocketApplication(Place place, List<String> properties) {
		this.place = place;
		List<String> all = new ArrayList<>(place.properties());
		all.add("mtls.reload.enabled=false");
		all.addAll(properties);
		this.context = new SpringApplicationBuilder(TestConfiguration.class).web(place.type())
			.bannerMode(Banner.Mode.OFF)
			.properties(all.toArray(String[]::new))
			.initializers((context) -> context.getBeanFactory()
				.registerSingleton("recorder", (ImmediateEventListener) this::note))
			.run();
	}

	Place place() {
		return this.place;
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty(this.place.port(), Integer.class);
	}

	Messages messages() {
		return this.context.getBean(Messages.class);
	}

	Gate gate() {
		return this.context.getBean(Gate.class);
	}

	void reload() {
		assertThat(gate().reload()).isTrue();
	}

	KillSwitch killSwitch() {
		return this.context.getBean(KillSwitch.class);
	}

	/**
	 * Expect that a peer was refused.
	 * @param reason why
	 * @throws InterruptedException never
	 */
	void assertRefused(Reason reason) throws InterruptedException {
		MtlsEvent.PeerRefused refusal = this.refusals.poll(10, TimeUnit.SECONDS);
		assertThat(refusal).isNotNull();
		assertThat(refusal.reason()).isEqualTo(reason);
	}

	@Override
	public void close() {
		this.context.close();
	}

	private void note(MtlsEvent event) {
		if (event instanceof MtlsEvent.PeerRefused refusal) {
			this.refusals.add(refusal);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
			MtlsWebFluxAutoConfiguration.class, MtlsRSocketServerAutoConfiguration.class, SslAutoConfiguration.class,
			RSocketStrategiesAutoConfiguration.class, RSocketMessagingAutoConfiguration.class,
			RSocketServerAutoConfiguration.class })
	@Import({ Messages.class, RSocketApplication.WebConfiguration.class })
	static class TestConfiguration {

		@Bean
		@ConditionalOnProperty("test.resume")
		RSocketServerCustomizer resumption() {
			return (server) -> server.resume(new Resume());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ImportAutoConfiguration(NettyReactiveWebServerAutoConfiguration.class)
	static class WebConfiguration {

		@Bean
		HttpHandler httpHandler() {
			return (request, response) -> {
				response.setStatusCode(HttpStatus.NOT_FOUND);
				return response.setComplete();
			};
		}

	}

}
