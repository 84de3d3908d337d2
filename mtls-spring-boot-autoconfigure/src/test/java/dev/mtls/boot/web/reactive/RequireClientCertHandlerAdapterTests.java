package dev.mtls.boot.web.reactive;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.test.web.reactive.server.StatusAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsWebFluxAutoConfiguration;
import dev.mtls.boot.web.GuardedControllers;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequireClientCertHandlerAdapter} in WebFlux as Spring Boot sets it up.
 */
class RequireClientCertHandlerAdapterTests {

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final Map<String, TestCertificate> CLIENTS = Map.of("admin",
			AUTHORITY.client(GuardedControllers.ADMIN), "user", AUTHORITY.client("api.example.com"));

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
				CodecsAutoConfiguration.class, JacksonAutoConfiguration.class, MtlsWebFluxAutoConfiguration.class))
		.withUserConfiguration(GuardedControllers.class);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			GET     | /type/any         | 401 | 200 | 200
			HEAD    | /type/any         | 401 | 200 | 200
			OPTIONS | /type/any         | 401 | 200 | 200
			GET     | /type/admin       | 401 | 403 | 200
			HEAD    | /type/admin       | 401 | 403 | 200
			OPTIONS | /type/admin       | 401 | 403 | 200
			OPTIONS | /type/options     | 401 | 200 | 200
			GET     | /type/later       | 401 | 200 | 200
			GET     | /method/open      | 200 | 200 | 200
			OPTIONS | /method/open      | 200 | 200 | 200
			POST    | /method/open      | 401 | 200 | 200
			POST    | /method/body      | 401 | 403 | 400
			GET     | /method/composed  | 401 | 403 | 200
			GET     | /method/alias     | 401 | 200 | 403
			GET     | /inherited/any    | 401 | 200 | 200
			GET     | /inherited/admin  | 401 | 403 | 200
			GET     | /interface/admin  | 401 | 403 | 200
			""")
	void handleServesWhomTheAnnotationAllows(String method, String path, int nobody, int user, int admin) {
		this.runner.run((context) -> {
			exchange(context, method, path, "nobody").isEqualTo(nobody);
			exchange(context, method, path, "user").isEqualTo(user);
			exchange(context, method, path, "admin").isEqualTo(admin);
		});
	}

	@ParameterizedTest
	@CsvSource({ "nobody, 401, Unauthorized, certificate-missing", "user, 403, Forbidden, identity-not-allowed" })
	void handleWhenRefusedAnswersTheProblemOfTheGate(String name, int status, String title, String reason) {
		this.runner.run((context) -> client(context, CLIENTS.get(name)).get()
			.uri("/type/admin")
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody(String.class)
			.isEqualTo("""
					{"type":"about:blank","title":"%s","status":%d,"reason":"%s","help":"docs/troubleshooting.md#%s"}"""
				.formatted(title, status, reason, reason)));
	}

	@Test
	void handleWhenPreflightLeavesItToSpring() {
		this.runner.run((context) -> {
			client(context, null).options()
				.uri("https://server.example.com/type/cross")
				.header("Origin", "https://example.org")
				.header("Access-Control-Request-Method", "GET")
				.exchange()
				.expectStatus()
				.isOk()
				.expectHeader()
				.valueEquals("Access-Control-Allow-Origin", "https://example.org");
			exchange(context, "GET", "/type/cross", "nobody").isEqualTo(401);
		});
	}

	@Test
	void handleWhenRefusedNeverReadsTheBody() {
		this.runner.withUserConfiguration(UnreadBody.class)
			.run((context) -> exchange(context, "POST", "/method/body", "user").isEqualTo(403));
	}

	@Test
	void validationWhenRuleIsWrongFailsTheStartAndNamesTheMethod() {
		this.runner.withUserConfiguration(WrongRule.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.asInstanceOf(InstanceOfAssertFactories.throwable(MtlsException.class))
				.hasMessageStartingWith("@RequireClientCert of %s.wrong: ".formatted(WrongRule.class.getName()))
				.hasMessageContaining("spiffe://example.org/%61")
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.RULE_INVALID));
	}

	@Test
	void validationWhenTrustDomainsAreNotToldApartFailsTheStart(@TempDir Path directory) {
		String first = "file:" + AUTHORITY.writeTo(directory, "ca");
		String second = "file:" + TestAuthority.create().writeTo(directory, "other");
		ReactiveWebApplicationContextRunner two = gated(directory).withPropertyValues(
				"mtls.server.trust-certificates=%s,%s".formatted(first, second),
				"mtls.server.authorities=spiffe://example.com/user = USER");
		two.run((context) -> assertThat(context).hasFailed()
			.getFailure()
			.asInstanceOf(InstanceOfAssertFactories.throwable(MtlsException.class))
			.hasMessageContaining("[example.com, example.org]")
			.extracting(MtlsException::reason)
			.isEqualTo(Reason.CONFIGURATION_CONFLICT));
		two.withPropertyValues("mtls.server.trust-domains[example.org].trust-certificates=" + first)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void validationWhenAnnotationsContradictFailsTheStart() {
		this.runner.withUserConfiguration(Contradiction.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.asInstanceOf(InstanceOfAssertFactories.throwable(MtlsException.class))
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.CONFIGURATION_CONFLICT));
	}

	@Test
	void handleWhenHandlerIsNoControllerLooksAtItsType() {
		this.runner.withUserConfiguration(OtherHandler.class).run((context) -> {
			exchange(context, "GET", "/other", "nobody").isEqualTo(401);
			exchange(context, "GET", "/other", "admin").isEqualTo(200);
		});
	}

	@Test
	void handleWhenTheGateDoesNotAdmitThePeerRefusesIt(@TempDir Path directory) {
		TestCertificate foreign = TestAuthority.create().client(GuardedControllers.ADMIN);
		gated(directory).withUserConfiguration(NoGateFilter.class).run((context) -> {
			exchange(context, "GET", "/type/admin", "admin").isEqualTo(200);
			client(context, foreign).get()
				.uri("/type/admin")
				.exchange()
				.expectStatus()
				.isForbidden()
				.expectBody()
				.jsonPath("$.reason")
				.isEqualTo("issuer-unknown");
		});
	}

	@Test
	void clientAddressWhenAProxyTellsItIsThat() {
		this.runner.withUserConfiguration(AddressAttribute.class)
			.run((context) -> client(context, null).get()
				.uri("/method/address")
				.exchange()
				.expectBody(String.class)
				.isEqualTo("2001:db8:0:0:0:0:0:1"));
	}

	private ReactiveWebApplicationContextRunner gated(Path directory) {
		PemFiles server = AUTHORITY.server().writeTo(directory, "server");
		return this.runner
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class))
			.withPropertyValues("mtls.server.certificate=file:" + server.certificate(),
					"mtls.server.private-key=file:" + server.privateKey(),
					"mtls.server.trust-certificates=file:" + AUTHORITY.writeTo(directory, "ca"));
	}

	private static StatusAssertions exchange(ApplicationContext context, String method, String path, String client) {
		return client(context, CLIENTS.get(client)).method(HttpMethod.valueOf(method))
			.uri(path)
			.exchange()
			.expectStatus();
	}

	private static WebTestClient client(ApplicationContext context, @Nullable TestCertificate certificate) {
		WebTestClient.MockServerSpec<?> spec = WebTestClient.bindToApplicationContext(context);
		if (certificate != null) {
			SslInfo ssl = SslInfo.from("session", certificate.chain().toArray(X509Certificate[]::new));
			spec.webFilter((exchange, chain) -> chain
				.filter(exchange.mutate().request((request) -> request.sslInfo(ssl)).build()));
		}
		return spec.build();
	}

	/**
	 * Fails where the body of a request is asked for.
	 */
	static class UnreadBody {

		@Bean
		WebFilter unreadBody() {
			return (exchange, chain) -> chain
				.filter(exchange.mutate().request(new ServerHttpRequestDecorator(exchange.getRequest()) {

					@Override
					public Flux<DataBuffer> getBody() {
						throw new AssertionError("The body was read");
					}

				}).build());
		}

	}

	/**
	 * A rule with a percent-escape.
	 */
	@RestController
	static class WrongRule {

		@GetMapping("/wrong")
		@RequireClientCert(allowed = { GuardedControllers.ADMIN, "spiffe://example.org/%61" })
		String wrong() {
			return "wrong";
		}

	}

	/**
	 * Two annotations at one place.
	 */
	@RestController
	static class Contradiction {

		@GetMapping("/both")
		@RequireClientCert
		@OnlyWeb
		String both() {
			return "both";
		}

	}

	/**
	 * A requirement within another annotation.
	 */
	@Retention(RetentionPolicy.RUNTIME)
	@RequireClientCert(allowed = "dns:web")
	@interface OnlyWeb {

	}

	/**
	 * A handler of another kind.
	 */
	static class OtherHandler {

		@Bean
		SimpleUrlHandlerMapping otherMapping() {
			return new SimpleUrlHandlerMapping(Map.of("/other", new Guarded()), -1);
		}

		/**
		 * Answers with nothing.
		 */
		@RequireClientCert
		private static final class Guarded implements WebHandler {

			@Override
			public Mono<Void> handle(ServerWebExchange exchange) {
				return Mono.empty();
			}

		}

	}

	/**
	 * Takes the place of the gate's filter, which would refuse already.
	 */
	static class NoGateFilter {

		@Bean
		WebFilter mtlsGateFilter() {
			return (exchange, chain) -> chain.filter(exchange);
		}

	}

	/**
	 * Tells an address as a proxy's filter would.
	 */
	static class AddressAttribute {

		@Bean
		WebFilter address() {
			return (exchange, chain) -> Mono.fromCallable(() -> InetAddress.getByName("2001:db8::1"))
				.flatMap((address) -> {
					exchange.getAttributes().put(RequestPeer.FORWARDED_ADDRESS, Optional.of(address));
					return chain.filter(exchange);
				});
		}

	}

}
