package dev.mtls.boot.autoconfigure;

import java.net.http.HttpClient;
import java.util.Objects;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.DefaultMtlsClients;
import dev.mtls.boot.client.DefaultMtlsWebClients;
import dev.mtls.boot.client.ImperativeClients;
import dev.mtls.boot.client.MtlsClients;
import dev.mtls.boot.client.MtlsRestClientCustomizer;
import dev.mtls.boot.client.MtlsRestClientGroupConfigurer;
import dev.mtls.boot.client.MtlsRestTemplateCustomizer;
import dev.mtls.boot.client.MtlsWebClientCustomizer;
import dev.mtls.boot.client.MtlsWebClientGroupConfigurer;
import dev.mtls.boot.client.MtlsWebClients;
import dev.mtls.boot.client.ReactiveClients;
import dev.mtls.boot.client.ServiceGroups;
import dev.mtls.boot.metrics.ClientPoolMetrics;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for mutual TLS of HTTP clients.
 */
@AutoConfiguration(
		after = { MtlsClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class },
		beforeName = { "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration",
				"org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration" })
@ConditionalOnMtls({ MtlsClientProperties.PREFIX, NamedClients.PREFIX })
@ConditionalOnClass(HttpClientSettings.class)
public final class MtlsHttpClientAutoConfiguration {

	private static final String APPLY_TO_BUILDERS = "mtls.client.apply-to-builders";

	private static HttpClientSettings settings(ObjectProvider<HttpClientSettings> settings) {
		return settings.getIfAvailable(HttpClientSettings::defaults);
	}

	/**
	 * The HTTP client of the JDK.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsClientProperties.PREFIX)
	static class JdkHttpClientConfiguration {

		@Bean
		@Lazy
		@ConditionalOnMissingBean
		HttpClient mtlsHttpClient(ClientIdentities identities, ObjectProvider<HttpClientSettings> settings) {
			return Objects.requireNonNull(identities.standard()).httpClient(settings(settings));
		}

	}

	/**
	 * Metrics, which Spring Boot binds to the registries that there are.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ClientPoolMetrics mtlsClientPoolMetrics(ClientIdentities identities) {
			return new ClientPoolMetrics(identities);
		}

	}

	/**
	 * {@link RestClient} and {@link RestTemplate}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
	static class ImperativeConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ImperativeClients mtlsImperativeClients(ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder,
				ObjectProvider<HttpClientSettings> settings, ResourceLoader resourceLoader) {
			return new ImperativeClients(
					builder
						.getIfAvailable(() -> ClientHttpRequestFactoryBuilder.detect(resourceLoader.getClassLoader())),
					settings(settings));
		}

		@Bean
		@ConditionalOnMissingBean
		MtlsClients mtlsClients(ClientIdentities identities, ImperativeClients clients,
				ObjectProvider<RestClient.Builder> builders, ObjectProvider<HttpClientSettings> settings) {
			return new DefaultMtlsClients(identities, clients, () -> builders.getIfAvailable(RestClient::builder),
					settings(settings));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnMtls(MtlsClientProperties.PREFIX)
		@ConditionalOnBooleanProperty(name = APPLY_TO_BUILDERS, matchIfMissing = true)
		MtlsRestClientCustomizer mtlsRestClientCustomizer(ImperativeClients clients, ClientIdentities identities) {
			return new MtlsRestClientCustomizer(clients, Objects.requireNonNull(identities.standard()));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnMtls(MtlsClientProperties.PREFIX)
		@ConditionalOnBooleanProperty(name = APPLY_TO_BUILDERS, matchIfMissing = true)
		MtlsRestTemplateCustomizer mtlsRestTemplateCustomizer(ImperativeClients clients, ClientIdentities identities) {
			return new MtlsRestTemplateCustomizer(clients, Objects.requireNonNull(identities.standard()));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(HttpServiceClientProperties.class)
		MtlsRestClientGroupConfigurer mtlsRestClientGroupConfigurer(ImperativeClients clients,
				ClientIdentities identities, HttpServiceClientProperties properties,
				ObjectProvider<SslBundles> sslBundles, ObjectProvider<HttpClientSettings> settings,
				Environment environment) {
			return new MtlsRestClientGroupConfigurer(clients,
					new ServiceGroups(identities, environment.getProperty(APPLY_TO_BUILDERS, Boolean.class, true),
							properties, sslBundles.getIfAvailable(), settings(settings)));
		}

	}

	/**
	 * {@link WebClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class })
	static class ReactiveConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ReactiveClients mtlsReactiveClients(ObjectProvider<ClientHttpConnectorBuilder<?>> builder,
				ObjectProvider<HttpClientSettings> settings, ResourceLoader resourceLoader) {
			return new ReactiveClients(
					builder.getIfAvailable(() -> ClientHttpConnectorBuilder.detect(resourceLoader.getClassLoader())),
					settings(settings));
		}

		@Bean
		@ConditionalOnMissingBean
		MtlsWebClients mtlsWebClients(ClientIdentities identities, ReactiveClients clients,
				ObjectProvider<WebClient.Builder> builders) {
			return new DefaultMtlsWebClients(identities, clients, () -> builders.getIfAvailable(WebClient::builder));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnMtls(MtlsClientProperties.PREFIX)
		@ConditionalOnBooleanProperty(name = APPLY_TO_BUILDERS, matchIfMissing = true)
		MtlsWebClientCustomizer mtlsWebClientCustomizer(ReactiveClients clients, ClientIdentities identities) {
			return new MtlsWebClientCustomizer(clients, Objects.requireNonNull(identities.standard()));
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(HttpServiceClientProperties.class)
		MtlsWebClientGroupConfigurer mtlsWebClientGroupConfigurer(ReactiveClients clients, ClientIdentities identities,
				HttpServiceClientProperties properties, ObjectProvider<SslBundles> sslBundles,
				ObjectProvider<HttpClientSettings> settings, Environment environment) {
			return new MtlsWebClientGroupConfigurer(clients,
					new ServiceGroups(identities, environment.getProperty(APPLY_TO_BUILDERS, Boolean.class, true),
							properties, sslBundles.getIfAvailable(), settings(settings)));
		}

	}

}
