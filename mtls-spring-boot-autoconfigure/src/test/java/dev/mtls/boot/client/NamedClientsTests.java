package dev.mtls.boot.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsClientAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsHttpClientAutoConfiguration;
import dev.mtls.decision.MtlsException;
import dev.mtls.gate.Gate;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for client identities with names, and for HTTP service groups.
 */
class NamedClientsTests {

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private HttpsPeer server;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() {
		this.authority.writeTo(this.directory, "ca");
		this.server = new HttpsPeer(this.authority, this.authority.server());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
					MtlsHttpClientAutoConfiguration.class, SslAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
					RestTemplateAutoConfiguration.class, WebClientAutoConfiguration.class,
					HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class))
			.withPropertyValues("mtls.reload.enabled=false", "spring.http.clients.imperative.factory=jdk",
					"spring.http.clients.reactive.connector=jdk")
			.withPropertyValues(client("mtls.client", "standard"))
			.withPropertyValues(client("mtls.clients.payments", "payments"));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void clientsUseTheIdentityOfTheirName() {
		this.runner.run((context) -> {
			MtlsClients clients = context.getBean(MtlsClients.class);
			assertThat(clients.restClient("payments").get().uri(url()).retrieve().body(String.class))
				.isEqualTo("CN=payments");
			assertThat(clients.httpClient("payments")
				.send(HttpRequest.newBuilder(URI.create(url())).build(), BodyHandlers.ofString())
				.body()).isEqualTo("CN=payments");
			assertThat(context.getBean(MtlsWebClients.class)
				.webClient("payments")
				.get()
				.uri(url())
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("CN=payments");
			assertThat(clients.sslBundle("payments").getStores().getKeyStore()).isNotNull();
			assertThat(context.getBean(SslBundles.class).getBundleNames()).contains("mtls-client", "mtls-payments");
		});
	}

	@Test
	void buildersUseTheStandardIdentity() {
		this.runner.run((context) -> {
			assertThat(context.getBean(RestClient.Builder.class).build().get().uri(url()).retrieve().body(String.class))
				.isEqualTo("CN=standard");
			assertThat(context.getBean(RestTemplateBuilder.class).build().getForObject(url(), String.class))
				.isEqualTo("CN=standard");
			assertThat(context.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri(url())
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("CN=standard");
		});
	}

	@Test
	void clientThatIsNotConfiguredIsToldWithThoseThatAre() {
		this.runner.run((context) -> assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> context.getBean(MtlsClients.class).restClient("payment"))
			.withMessageContaining("mtls.clients.payment")
			.withMessageContaining("only payments"));
	}

	@Test
	void namedClientAloneLeavesBuildersAlone() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
					MtlsHttpClientAutoConfiguration.class, SslAutoConfiguration.class,
					HttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
					RestTemplateAutoConfiguration.class))
			.withPropertyValues(client("mtls.clients.payments", "payments"))
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean(MtlsRestClientCustomizer.class)
					.doesNotHaveBean(Gate.class);
				assertThat(context.getBean(MtlsClients.class)
					.restClient("payments")
					.get()
					.uri(url())
					.retrieve()
					.body(String.class)).isEqualTo("CN=payments");
			});
	}

	@Test
	void serviceGroupUsesTheIdentityOfItsNameElseTheStandardOne() {
		this.runner.withUserConfiguration(GroupsConfiguration.class)
			.withPropertyValues("spring.http.serviceclient.payments.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.orders.base-url=" + this.server.url("localhost", ""))
			.run((context) -> {
				assertThat(context.getBean(Payments.class).whoami()).isEqualTo("CN=payments");
				assertThat(context.getBean(Orders.class).whoami()).isEqualTo("CN=standard");
			});
	}

	@Test
	void serviceGroupUsesTheStandardIdentityWhateverBundleThereIsForAll() {
		this.runner.withUserConfiguration(GroupsConfiguration.class)
			.withPropertyValues("spring.http.serviceclient.payments.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.orders.base-url=" + this.server.url("localhost", ""),
					"spring.http.clients.ssl.bundle=mtls-payments")
			.run((context) -> {
				assertThat(context.getBean(Payments.class).whoami()).isEqualTo("CN=payments");
				assertThat(context.getBean(Orders.class).whoami()).isEqualTo("CN=standard");
			});
	}

	@Test
	void serviceGroupUsesTheBundleThatItNames() {
		this.runner.withUserConfiguration(GroupsConfiguration.class)
			.withPropertyValues("spring.http.serviceclient.payments.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.orders.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.orders.ssl.bundle=mtls-payments")
			.run((context) -> assertThat(context.getBean(Orders.class).whoami()).isEqualTo("CN=payments"));
	}

	@Test
	void serviceGroupKeepsItsOwnReadTimeout() {
		this.runner.withUserConfiguration(GroupsConfiguration.class)
			.withPropertyValues("spring.http.serviceclient.payments.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.orders.base-url=" + this.server.url("localhost", ""),
					"spring.http.serviceclient.payments.read-timeout=100ms",
					"spring.http.serviceclient.orders.read-timeout=100ms")
			.run((context) -> {
				assertThat(catchThrowable(() -> context.getBean(Payments.class).hold())).isNotNull();
				assertThat(catchThrowable(() -> context.getBean(Orders.class).hold())).isNotNull();
			});
	}

	@Test
	void keyThatDoesNotExistFailsTheStart() {
		this.runner.withPropertyValues("mtls.clients.payments.allowed-server=localhost")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("mtls.clients.payments.allowed-server"));
	}

	@Test
	void engineThatCannotDoWhatIsConfiguredNamesTheClient() {
		this.runner
			.withPropertyValues("spring.http.clients.imperative.factory=reactor",
					"mtls.clients.payments.protocols=TLSv1.3", "mtls.clients.payments.ciphers=TLS_AES_128_GCM_SHA256")
			.run((context) -> assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> context.getBean(MtlsClients.class).restClient("payments"))
				.withMessageContaining("mtls.clients.payments.ciphers"));
	}

	@Test
	void nameThatIsAnothersFailsTheStart() {
		this.runner.withPropertyValues("mtls.clients.server.trust-certificates=" + this.directory.resolve("ca.crt"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MtlsException.class)
				.hasMessageContaining("mtls.clients.server"));
	}

	@Test
	void clientThatIsDisabledIsNone() {
		this.runner.withPropertyValues("mtls.clients.payments.enabled=false")
			.run((context) -> assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> context.getBean(MtlsClients.class).restClient("payments")));
	}

	@Test
	void applicationWithoutWebClientHasTheOthers() {
		this.runner.withClassLoader(new FilteredClassLoader(WebClient.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(MtlsClients.class)
				.doesNotHaveBean("mtlsWebClients"));
	}

	private String url() {
		return this.server.url("localhost", "/whoami");
	}

	private String[] client(String prefix, String name) {
		this.authority.client(name).writeTo(this.directory, name);
		return new String[] { prefix + ".certificate=" + this.directory.resolve(name + ".crt"),
				prefix + ".private-key=" + this.directory.resolve(name + ".key"),
				prefix + ".trust-certificates=" + this.directory.resolve("ca.crt") };
	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "payments", types = Payments.class)
	@ImportHttpServices(group = "orders", types = Orders.class)
	static class GroupsConfiguration {

	}

	interface Payments {

		@GetExchange("/whoami")
		String whoami();

		@GetExchange("/hold")
		String hold();

	}

	interface Orders {

		@GetExchange("/whoami")
		String whoami();

		@GetExchange("/hold")
		String hold();

	}

}
