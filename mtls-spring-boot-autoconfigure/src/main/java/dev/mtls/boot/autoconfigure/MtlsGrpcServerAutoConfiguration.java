package dev.mtls.boot.autoconfigure;

import io.grpc.ServerBuilder;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.ServerBuilderCustomizer;

import dev.mtls.boot.grpc.MtlsGrpcServerCustomizer;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for gRPC servers behind the gate.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnClass({ ServerBuilder.class, ServerBuilderCustomizer.class })
public final class MtlsGrpcServerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MtlsGrpcServerCustomizer<?> mtlsGrpcServerCustomizer(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
			MtlsServerProperties properties) {
		return new MtlsGrpcServerCustomizer<>(gate, properties.excludesPaths());
	}

}
