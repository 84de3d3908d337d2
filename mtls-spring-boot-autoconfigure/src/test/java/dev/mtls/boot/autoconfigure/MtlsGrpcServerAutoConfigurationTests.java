package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.ServerBuilderCustomizer;

import dev.mtls.boot.grpc.MtlsGrpcServerCustomizer;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsGrpcServerAutoConfiguration}.
 */
class MtlsGrpcServerAutoConfigurationTests {

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsGrpcServerAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenServerIsSetSuppliesCustomizer() {
		this.runner.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasSingleBean(MtlsGrpcServerCustomizer.class));
	}

	@Test
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void customizerWhenCalledAsSpringBootDoesAppliesToAnyBuilder() {
		this.runner.withPropertyValues(files.serverProperties()).run((context) -> {
			RecordingBuilder builder = new RecordingBuilder();
			List<ServerBuilderCustomizer> customizers = List
				.copyOf(context.getBeansOfType(ServerBuilderCustomizer.class).values());
			LambdaSafe.callbacks(ServerBuilderCustomizer.class, customizers, builder)
				.invoke((customizer) -> customizer.customize(builder));
			assertThat(builder.added).containsExactly("handshake timeout 10000 MILLISECONDS", "filter", "interceptor");
		});
	}

	@Test
	void contextWhenCustomizerIsDefinedBacksOff() {
		this.runner.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnCustomizerConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(MtlsGrpcServerCustomizer.class)
				.hasBean("ownGrpcServerCustomizer"));
	}

	@Test
	void contextWhenServerIsDisabledSuppliesNothing() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(MtlsGrpcServerCustomizer.class));
	}

	@Test
	void contextWhenGrpcIsAbsentSuppliesGateOnly() {
		this.runner.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasSingleBean(Gate.class)
				.doesNotHaveBean("mtlsGrpcServerCustomizer"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCustomizerConfiguration {

		@Bean
		MtlsGrpcServerCustomizer<?> ownGrpcServerCustomizer(Gate gate) {
			return new MtlsGrpcServerCustomizer<>(gate, false);
		}

	}

	/**
	 * Notes what is added.
	 */
	private static final class RecordingBuilder extends ForwardingServerBuilder<RecordingBuilder> {

		private final List<String> added = new ArrayList<>();

		@Override
		protected ServerBuilder<?> delegate() {
			throw new IllegalStateException("Nothing else is to be set");
		}

		@Override
		public RecordingBuilder handshakeTimeout(long timeout, TimeUnit unit) {
			this.added.add("handshake timeout %d %s".formatted(timeout, unit));
			return this;
		}

		@Override
		public RecordingBuilder addTransportFilter(ServerTransportFilter filter) {
			this.added.add("filter");
			return this;
		}

		@Override
		public RecordingBuilder intercept(ServerInterceptor interceptor) {
			this.added.add("interceptor");
			return this;
		}

	}

}
