package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.webflux.core.configuration.SpringDocWebFluxConfiguration;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.json.BasicJsonTester;
import org.springframework.boot.test.json.JsonContent;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;

import dev.mtls.boot.openapi.MutualTlsDocument;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsOpenApiAutoConfiguration} with springdoc.
 */
class MtlsOpenApiAutoConfigurationTests {

	private static final String SCHEME = "components.securitySchemes.mutualTLS.type";

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class,
				HttpMessageConvertersAutoConfiguration.class, JacksonAutoConfiguration.class,
				SpringDocConfiguration.class, SpringDocConfigProperties.class, SpringDocWebMvcConfiguration.class,
				MtlsWebMvcAutoConfiguration.class, MtlsOpenApiAutoConfiguration.class))
		.withUserConfiguration(Controller.class);

	@Test
	void documentDeclaresTheSchemeWhereAControllerNeedsACertificate() {
		this.servlet.run((context) -> assertDeclaredWhereNeeded(document(context)));
	}

	@Test
	void documentWhenReactiveDeclaresTheSchemeWhereAControllerNeedsACertificate() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class,
					WebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class, CodecsAutoConfiguration.class,
					JacksonAutoConfiguration.class, SpringDocConfiguration.class, SpringDocConfigProperties.class,
					SpringDocWebFluxConfiguration.class, MtlsWebFluxAutoConfiguration.class,
					MtlsOpenApiAutoConfiguration.class))
			.withUserConfiguration(Controller.class)
			.run((context) -> assertDeclaredWhereNeeded(
					json(Objects.requireNonNull(WebTestClient.bindToApplicationContext(context)
						.build()
						.get()
						.uri("/v3/api-docs")
						.exchange()
						.expectBody(String.class)
						.returnResult()
						.getResponseBody()))));
	}

	@Test
	void documentWhenEveryClientNeedsACertificateDeclaresTheSchemeEverywhere(@TempDir Path directory) {
		TestAuthority authority = TestAuthority.create();
		PemFiles server = authority.server().writeTo(directory, "server");
		this.servlet
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class))
			.withPropertyValues("mtls.server.certificate=file:" + server.certificate(),
					"mtls.server.private-key=file:" + server.privateKey(),
					"mtls.server.trust-certificates=file:" + authority.writeTo(directory, "ca"))
			.run((context) -> {
				JsonContent<?> document = document(context);
				assertThat(document).hasJsonPathArrayValue("paths['/open'].get.security[0].mutualTLS")
					.extractingJsonPathStringValue(SCHEME)
					.isEqualTo("mutualTLS");
			});
	}

	@Test
	void documentWhenPathsAreExcludedDeclaresTheSchemeEverywhereElse(@TempDir Path directory) {
		TestAuthority authority = TestAuthority.create();
		PemFiles server = authority.server().writeTo(directory, "server");
		this.servlet
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class))
			.withPropertyValues("mtls.server.certificate=file:" + server.certificate(),
					"mtls.server.private-key=file:" + server.privateKey(),
					"mtls.server.trust-certificates=file:" + authority.writeTo(directory, "ca"))
			.withPropertyValues("mtls.server.excluded-paths=/open")
			.run((context) -> assertThat(document(context))
				.hasJsonPathArrayValue("paths['/optional'].get.security[0].mutualTLS")
				.doesNotHaveJsonPath("paths['/open'].get.security"));
	}

	@Test
	void documentOfOpenApi30NeverDeclaresTheScheme() {
		this.servlet.withPropertyValues("springdoc.api-docs.version=openapi_3_0").run((context) -> {
			JsonContent<?> document = document(context);
			assertThat(document).extractingJsonPathStringValue("openapi").startsWith("3.0");
			assertThat(document).doesNotHaveJsonPath("paths['/type'].get.security").doesNotHaveJsonPath(SCHEME);
		});
	}

	@Test
	void contextWhenSpringdocIsAbsentSuppliesNothing() {
		new WebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(MtlsWebMvcAutoConfiguration.class, MtlsOpenApiAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(GlobalOpenApiCustomizer.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mutualTlsDocument"));
	}

	@Test
	void contextWhenDocumentIsDefinedBacksOff() {
		this.servlet.withBean("own", MutualTlsDocument.class, () -> new MutualTlsDocument((path) -> false))
			.run((context) -> assertThat(context).hasSingleBean(MutualTlsDocument.class).hasBean("own"));
	}

	private static void assertDeclaredWhereNeeded(JsonContent<?> document) {
		assertThat(document).extractingJsonPathStringValue(SCHEME).isEqualTo("mutualTLS");
		assertThat(document).extractingJsonPathStringValue("openapi").startsWith("3.1");
		assertThat(document).hasJsonPathArrayValue("paths['/type'].get.security[0].mutualTLS")
			.hasJsonPathArrayValue("paths['/parameter'].get.security[0].mutualTLS")
			.doesNotHaveJsonPath("paths['/optional'].get.security")
			.doesNotHaveJsonPath("paths['/open'].get.security");
	}

	private static JsonContent<?> document(ApplicationContext context) throws Exception {
		return json(MockMvcTester.from((WebApplicationContext) context)
			.get()
			.uri("/v3/api-docs")
			.exchange()
			.getResponse()
			.getContentAsString());
	}

	private static JsonContent<?> json(String text) {
		return new BasicJsonTester(MtlsOpenApiAutoConfigurationTests.class).from(text);
	}

	/**
	 * Needs certificates, or not.
	 */
	@RestController
	static class Controller {

		@GetMapping("/type")
		@RequireClientCert
		String type() {
			return "type";
		}

		@GetMapping("/parameter")
		String parameter(@ClientCert String name) {
			return name;
		}

		@GetMapping("/optional")
		String optional(@ClientCert(required = false) String name) {
			return String.valueOf(name);
		}

		@GetMapping("/open")
		String open() {
			return "open";
		}

	}

}
