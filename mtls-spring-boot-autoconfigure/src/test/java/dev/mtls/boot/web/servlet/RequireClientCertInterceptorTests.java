package dev.mtls.boot.web.servlet;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import dev.mtls.boot.autoconfigure.MtlsAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsServerAutoConfiguration;
import dev.mtls.boot.autoconfigure.MtlsWebMvcAutoConfiguration;
import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.boot.web.GuardedControllers;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequireClientCertInterceptor} in Spring MVC as Spring Boot sets it up.
 */
class RequireClientCertInterceptorTests {

	private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final TestCertificate USER = AUTHORITY.client("api.example.com");

	private static final Map<String, TestCertificate> CLIENTS = Map.of("admin",
			AUTHORITY.client(GuardedControllers.ADMIN), "user", USER);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DispatcherServletAutoConfiguration.class,
				WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
				JacksonAutoConfiguration.class, MultipartAutoConfiguration.class, MtlsWebMvcAutoConfiguration.class))
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
	void preHandleServesWhomTheAnnotationAllows(String method, String path, int nobody, int user, int admin) {
		this.runner.run((context) -> {
			assertThat(exchange(context, method, path, "nobody")).as("nobody").hasStatus(nobody);
			assertThat(exchange(context, method, path, "user")).as("user").hasStatus(user);
			assertThat(exchange(context, method, path, "admin")).as("admin").hasStatus(admin);
		});
	}

	@ParameterizedTest
	@CsvSource({ "nobody, 401, Unauthorized, certificate-missing", "user, 403, Forbidden, identity-not-allowed" })
	void preHandleWhenRefusedAnswersTheProblemOfTheGate(String client, int status, String title, String reason) {
		this.runner.run((context) -> {
			MvcTestResult result = exchange(context, "GET", "/type/admin", client);
			assertThat(result).hasStatus(status).hasContentType("application/problem+json");
			assertThat(result).hasBodyTextEqualTo("""
					{"type":"about:blank","title":"%s","status":%d,"reason":"%s","help":"docs/troubleshooting.md#%s"}"""
				.formatted(title, status, reason, reason));
		});
	}

	@Test
	void preHandleWhenPreflightLeavesItToSpring() {
		this.runner.run((context) -> {
			MvcTestResult result = MockMvcTester.from(context)
				.options()
				.uri("/type/cross")
				.header("Origin", "https://example.org")
				.header("Access-Control-Request-Method", "GET")
				.exchange();
			assertThat(result).hasStatusOk().hasHeader("Access-Control-Allow-Origin", "https://example.org");
			assertThat(result).hasHeader("Access-Control-Allow-Methods", "GET");
			assertThat(exchange(context, "GET", "/type/cross", "nobody")).hasStatus(401);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "multipart/form-data; boundary=b" })
	void preHandleWhenRefusedNeverReadsTheBody(String contentType) {
		this.runner.run((context) -> {
			MvcTestResult result = MockMvcTester.from(context).post().uri("/method/body").with((request) -> {
				MockHttpServletRequest unread = new MockHttpServletRequest(request.getServletContext(), "POST",
						"/method/body") {

					@Override
					public ServletInputStream getInputStream() {
						throw new AssertionError("The body was read");
					}

					@Override
					public Collection<Part> getParts() {
						throw new AssertionError("The parts were read");
					}

				};
				unread.setContentType(contentType);
				return unread;
			}).exchange();
			assertThat(result).hasStatus(401);
		});
	}

	@Test
	void validationWhenAnythingIsRequiredResolvesMultipartLazily() {
		this.runner.run((context) -> assertThat(
				ReflectionTestUtils.getField(context.getBean(StandardServletMultipartResolver.class), "resolveLazily"))
			.isEqualTo(true));
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DispatcherServletAutoConfiguration.class,
					WebMvcAutoConfiguration.class, MultipartAutoConfiguration.class, MtlsWebMvcAutoConfiguration.class))
			.run((context) -> assertThat(ReflectionTestUtils
				.getField(context.getBean(StandardServletMultipartResolver.class), "resolveLazily")).isEqualTo(false));
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
		WebApplicationContextRunner two = gated(directory).withPropertyValues(
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
				.hasMessageStartingWith("@RequireClientCert of %s.both: ".formatted(Contradiction.class.getName()))
				.extracting(MtlsException::reason)
				.isEqualTo(Reason.CONFIGURATION_CONFLICT));
	}

	@Test
	void preHandleWhenHandlerIsNoControllerLooksAtItsType() {
		this.runner.withUserConfiguration(OtherHandler.class).run((context) -> {
			assertThat(exchange(context, "GET", "/other", "nobody")).hasStatus(401);
			assertThat(exchange(context, "GET", "/other", "admin")).hasStatusOk();
		});
	}

	@Test
	void preHandleWhenThereIsAGateAsksItAndTellsRefusals(@TempDir Path directory) {
		gated(directory).run((context) -> {
			Events events = context.getBean(Events.class);
			assertThat(exchange(context, "GET", "/type/admin", "admin")).hasStatusOk();
			assertThat(events.refused).isEmpty();
			assertThat(exchange(context, "GET", "/type/admin", "user")).hasStatus(403);
			assertThat(events.last().reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
			assertThat(events.last().identity()).isEqualTo(PeerIdentity.of(USER.certificate()));
			assertThat(exchange(context, "GET", "/type/any", "nobody")).hasStatus(401);
			assertThat(events.last().reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
			assertThat(events.refused).hasSize(2);
		});
	}

	@Test
	void preHandleWhenTheGateDoesNotAdmitThePeerRefusesIt(@TempDir Path directory) {
		TestCertificate foreign = TestAuthority.create().client(GuardedControllers.ADMIN);
		gated(directory).run((context) -> {
			MvcTestResult result = exchange(context, "GET", "/type/admin", foreign);
			assertThat(result).hasStatus(403).bodyText().contains("\"reason\":\"issuer-unknown\"");
		});
	}

	@Test
	void preHandleWhenAnchorIsOfAnotherTrustDomainRefuses(@TempDir Path directory) {
		TestAuthority other = TestAuthority.create();
		gated(directory)
			.withPropertyValues("mtls.server.trust-domains[example.org].trust-certificates=file:"
					+ other.writeTo(directory, "other"))
			.run((context) -> {
				assertThat(exchange(context, "GET", "/type/any", "admin")).hasStatusOk();
				assertThat(exchange(context, "GET", "/type/admin", "admin")).hasStatus(403);
				assertThat(exchange(context, "GET", "/type/admin", other.client(GuardedControllers.ADMIN)))
					.hasStatusOk();
			});
	}

	@Test
	void preHandleWhenTheGateOnlyReportsRefusesAllTheSame(@TempDir Path directory) {
		gated(directory).withPropertyValues("mtls.server.mode=report-only").run((context) -> {
			assertThat(exchange(context, "GET", "/type/admin", "user")).hasStatus(403);
			assertThat(context.getBean(Events.class).last().reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		});
	}

	@Test
	void clientAddressIsThatOfTheConnectionWhateverAHeaderSays() {
		this.runner.run((context) -> assertThat(MockMvcTester.from(context)
			.get()
			.uri("/method/address")
			.header("X-Forwarded-For", "192.0.2.1")
			.header("Forwarded", "for=192.0.2.1")
			.remoteAddress("198.51.100.7")
			.exchange()).hasBodyTextEqualTo("198.51.100.7"));
	}

	@Test
	void clientAddressWhenAProxyTellsItIsThat() {
		this.runner.run((context) -> assertThat(MockMvcTester.from(context)
			.get()
			.uri("/method/address")
			.requestAttr(RequestPeer.FORWARDED_ADDRESS, Optional.of(InetAddress.getByName("2001:db8::1")))
			.exchange()).hasBodyTextEqualTo("2001:db8:0:0:0:0:0:1"));
	}

	private WebApplicationContextRunner gated(Path directory) {
		PemFiles server = AUTHORITY.server().writeTo(directory, "server");
		return this.runner
			.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class))
			.withUserConfiguration(Events.class)
			.withPropertyValues("mtls.server.certificate=file:" + server.certificate(),
					"mtls.server.private-key=file:" + server.privateKey(),
					"mtls.server.trust-certificates=file:" + AUTHORITY.writeTo(directory, "ca"),
					"mtls.server.client-auth=want");
	}

	private static MvcTestResult exchange(ApplicationContext context, String method, String path, String client) {
		return exchange(context, method, path, CLIENTS.get(client));
	}

	private static MvcTestResult exchange(ApplicationContext context, String method, String path,
			@Nullable TestCertificate client) {
		MockMvcTester.MockMvcRequestBuilder request = MockMvcTester.from((WebApplicationContext) context)
			.method(HttpMethod.valueOf(method))
			.uri(path);
		if (client != null) {
			request.requestAttr(ATTRIBUTE, client.chain().toArray(X509Certificate[]::new));
		}
		return request.exchange();
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
		private static final class Guarded implements HttpRequestHandler {

			@Override
			public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
				response.setStatus(200);
			}

		}

	}

	/**
	 * Keeps refusals.
	 */
	static class Events implements ImmediateEventListener {

		private final List<MtlsEvent.PeerRefused> refused = new ArrayList<>();

		@Override
		public void onEvent(MtlsEvent event) {
			if (event instanceof MtlsEvent.PeerRefused refusal) {
				this.refused.add(refusal);
			}
		}

		private MtlsEvent.PeerRefused last() {
			return this.refused.get(this.refused.size() - 1);
		}

	}

}
