package dev.mtls.boot.autoconfigure;

import java.time.InstantSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.dev.ConditionalOnDevCertificates;
import dev.mtls.boot.dev.DevAnnouncement;
import dev.mtls.boot.dev.DevCertificates;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for development certificates.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnDevCertificates
@EnableConfigurationProperties(MtlsDevProperties.class)
public final class MtlsDevAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DevCertificates mtlsDevCertificates(MtlsDevProperties properties) {
		return new DevCertificates(properties.directory(), InstantSource.system());
	}

	/**
	 * Web server.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsServerProperties.PREFIX)
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		DevAnnouncement mtlsDevAnnouncement(MtlsDevProperties properties, DevCertificates certificates) {
			return new DevAnnouncement(certificates.directory(), properties.path());
		}

	}

}
