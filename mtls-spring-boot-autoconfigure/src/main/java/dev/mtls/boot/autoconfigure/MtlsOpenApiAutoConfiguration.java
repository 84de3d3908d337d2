package dev.mtls.boot.autoconfigure;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import dev.mtls.boot.openapi.MutualTlsDocument;
import dev.mtls.boot.openapi.MutualTlsOperations;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the OpenAPI document of
 * springdoc says about client certificates.
 */
@AutoConfiguration(after = { MtlsWebMvcAutoConfiguration.class, MtlsWebFluxAutoConfiguration.class })
@ConditionalOnClass(GlobalOpenApiCustomizer.class)
@ConditionalOnBean(ClientCertRequirements.class)
public final class MtlsOpenApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MutualTlsOperations mutualTlsOperations(ClientCertRequirements requirements) {
		return new MutualTlsOperations(requirements);
	}

	@Bean
	@ConditionalOnMissingBean
	MutualTlsDocument mutualTlsDocument(@Qualifier(MtlsServerAutoConfiguration.GATE) ObjectProvider<Gate> gate,
			ObjectProvider<MtlsServerProperties> properties, Environment environment) {
		Gate current = gate.getIfAvailable();
		if (current != null && current.settings().certificateRequired()) {
			return new MutualTlsDocument((path) -> true);
		}
		MtlsServerProperties server = properties.getIfAvailable();
		ExcludedPaths excluded = (server != null) ? Exclusions.of(MtlsServerProperties.PREFIX, server, environment)
				: ExcludedPaths.NONE;
		return new MutualTlsDocument((path) -> !excluded.isEmpty() && !excluded.contains(path, ""));
	}

}
