package dev.mtls.boot.web.servlet;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import dev.mtls.boot.autoconfigure.MtlsWebMvcAutoConfiguration;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertException;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientCertMethodArgumentResolver} and
 * {@link dev.mtls.boot.web.ClientCertExceptionHandler} in Spring MVC as Spring Boot sets
 * it up.
 */
class ClientCertMethodArgumentResolverTests {

	private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final TestCertificate WORKLOAD = AUTHORITY.intermediate().client("spiffe://td/a", "a.example.com");

	private static final TestCertificate PLAIN = AUTHORITY.client("plain.example.com");

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DispatcherServletAutoConfiguration.class,
				WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
				JacksonAutoConfiguration.class, MtlsWebMvcAutoConfiguration.class))
		.withUserConfiguration(Controller.class);

	@ParameterizedTest
	@CsvSource({ "/identity, spiffe://td/a", "/certificate, CN=client", "/chain, 2: CN=client",
			"/spiffe-id, spiffe://td/a", "/name, spiffe://td/a" })
	void resolveWhenCertificateIsPresentedGivesEveryType(String path, String expected) {
		for (String kind : List.of("", "/optional", "/not-required", "/nullable")) {
			get(path + kind, WORKLOAD, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo(expected));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/identity", "/certificate", "/chain", "/spiffe-id", "/name" })
	void resolveWhenCertificateIsMissingAnswers401WithAProblem(String path) {
		get(path, null, (result) -> {
			assertThat(result).hasStatus(HttpStatus.UNAUTHORIZED).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
			assertThat(result).bodyJson()
				.isLenientlyEqualTo(
						"""
								{"status": 401, "reason": "certificate-missing", "help": "docs/troubleshooting.md#certificate-missing", "detail": "This request needs a client certificate"}""");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/identity", "/certificate", "/chain", "/spiffe-id", "/name" })
	void resolveWhenCertificateIsMissingAndNotRequiredGivesNothing(String path) {
		get(path + "/optional", null, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("empty"));
		get(path + "/not-required", null, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("null"));
		get(path + "/nullable", null, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("null"));
	}

	@Test
	void resolveWhenChainIsEmptyIsAsIfItWereMissing() {
		this.runner.run((context) -> {
			MvcTestResult result = MockMvcTester.from(context)
				.get()
				.uri("/name")
				.requestAttr(ATTRIBUTE, new X509Certificate[0])
				.exchange();
			assertThat(result).hasStatus(HttpStatus.UNAUTHORIZED);
		});
	}

	@Test
	void resolveWhenSpiffeIdIsMissingAnswers403WithAProblem() {
		get("/spiffe-id", PLAIN, (result) -> {
			assertThat(result).hasStatus(HttpStatus.FORBIDDEN).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
			assertThat(result).bodyJson()
				.isLenientlyEqualTo(
						"""
								{"status": 403, "reason": "identity-not-allowed", "help": "docs/troubleshooting.md#identity-not-allowed", "detail": "The client certificate holds no SpiffeId"}""");
		});
		get("/spiffe-id/optional", PLAIN, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("empty"));
		get("/spiffe-id/not-required", PLAIN, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("null"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/xml", "text/plain", "*/*" })
	void resolveWhenClientAcceptsSomethingElseAnswersTheProblemAllTheSame(String accept) {
		this.runner.run((context) -> {
			MvcTestResult result = MockMvcTester.from(context)
				.get()
				.uri("/identity")
				.header("Accept", accept)
				.exchange();
			assertThat(result).hasStatus(HttpStatus.UNAUTHORIZED);
			assertThat(result).bodyText().contains("certificate-missing");
		});
	}

	@Test
	void resolveWhenAttackerSendsAParameterOfThatNameIgnoresIt() {
		this.runner.run((context) -> {
			MockMvcTester mvc = MockMvcTester.from(context);
			assertThat(mvc.get().uri("/name?name=admin").exchange()).hasStatus(HttpStatus.UNAUTHORIZED);
			assertThat(mvc.get().uri("/name/optional?name=admin").exchange()).hasBodyTextEqualTo("empty");
		});
	}

	@Test
	void resolveWhenMtlsIsDisabledNeverFallsBackToRequestParameters() {
		this.runner.withPropertyValues("mtls.enabled=false")
			.run((context) -> assertThat(MockMvcTester.from(context).get().uri("/name?name=admin").exchange())
				.hasStatus(HttpStatus.UNAUTHORIZED));
	}

	@Test
	void resolveGivesACopyOfTheChain() {
		X509Certificate[] chain = chain(WORKLOAD);
		this.runner.run((context) -> {
			MockMvcTester.from(context).get().uri("/chain/overwritten").requestAttr(ATTRIBUTE, chain).exchange();
			assertThat(chain).containsExactly(chain(WORKLOAD));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/unsupported", "/raw-optional", "/list" })
	void resolveWhenTypeIsUnsupportedSaysWhichAreSupported(String path) {
		get(path, WORKLOAD, (result) -> assertThat(result).failure()
			.hasRootCauseInstanceOf(IllegalStateException.class)
			.hasStackTraceContaining("@ClientCert cannot be bound to")
			.hasStackTraceContaining("use PeerIdentity, X509Certificate, X509Certificate[], SpiffeId or String"));
	}

	@Test
	void resolveWhenAnnotationIsOnAnInterfaceOrSuperclassIsFound() {
		get("/inherited", PLAIN, (result) -> assertThat(result).hasStatusOk().hasBodyTextEqualTo("plain.example.com"));
		get("/inherited", null, (result) -> assertThat(result).hasStatus(HttpStatus.UNAUTHORIZED));
	}

	@Test
	void handleWhenApplicationHandlesTheExceptionItselfGivesWay() {
		this.runner.withUserConfiguration(OwnAdvice.class)
			.run((context) -> assertThat(MockMvcTester.from(context).get().uri("/name").exchange())
				.hasStatus(HttpStatus.PAYMENT_REQUIRED));
	}

	private void get(String path, @Nullable TestCertificate certificate, Consumer<MvcTestResult> result) {
		this.runner.run((context) -> {
			MockMvcTester.MockMvcRequestBuilder request = MockMvcTester.from(context).get().uri(path);
			if (certificate != null) {
				request.requestAttr(ATTRIBUTE, chain(certificate));
			}
			result.accept(request.exchange());
		});
	}

	private static X509Certificate[] chain(TestCertificate certificate) {
		return certificate.chain().toArray(X509Certificate[]::new);
	}

	/**
	 * Tells what it was given.
	 */
	@RestController
	static class Controller implements Inherited {

		@GetMapping("/identity")
		String identity(@ClientCert PeerIdentity identity) {
			return identity.displayName();
		}

		@GetMapping("/identity/optional")
		String identity(@ClientCert Optional<PeerIdentity> identity) {
			return identity.map(PeerIdentity::displayName).orElse("empty");
		}

		@GetMapping("/identity/not-required")
		String notRequiredIdentity(@ClientCert(required = false) PeerIdentity identity) {
			return nullable(identity, PeerIdentity::displayName);
		}

		@GetMapping("/identity/nullable")
		String nullableIdentity(@ClientCert @Nullable PeerIdentity identity) {
			return nullable(identity, PeerIdentity::displayName);
		}

		@GetMapping("/certificate")
		String certificate(@ClientCert X509Certificate certificate) {
			return subject(certificate);
		}

		@GetMapping("/certificate/optional")
		String certificate(@ClientCert Optional<X509Certificate> certificate) {
			return certificate.map(Controller::subject).orElse("empty");
		}

		@GetMapping("/certificate/not-required")
		String notRequiredCertificate(@ClientCert(required = false) X509Certificate certificate) {
			return nullable(certificate, Controller::subject);
		}

		@GetMapping("/certificate/nullable")
		String nullableCertificate(@ClientCert @Nullable X509Certificate certificate) {
			return nullable(certificate, Controller::subject);
		}

		@GetMapping("/chain")
		String chain(@ClientCert X509Certificate[] chain) {
			return subjects(chain);
		}

		@GetMapping("/chain/optional")
		String chain(@ClientCert Optional<X509Certificate[]> chain) {
			return chain.map(Controller::subjects).orElse("empty");
		}

		@GetMapping("/chain/not-required")
		String notRequiredChain(@ClientCert(required = false) X509Certificate[] chain) {
			return nullable(chain, Controller::subjects);
		}

		@GetMapping("/chain/nullable")
		String nullableChain(@ClientCert X509Certificate @Nullable [] chain) {
			return nullable(chain, Controller::subjects);
		}

		@GetMapping("/chain/overwritten")
		void overwritten(@ClientCert X509Certificate[] chain) {
			Arrays.fill(chain, PLAIN.certificate());
		}

		@GetMapping("/spiffe-id")
		String spiffeId(@ClientCert SpiffeId spiffeId) {
			return spiffeId.toString();
		}

		@GetMapping("/spiffe-id/optional")
		String spiffeId(@ClientCert Optional<SpiffeId> spiffeId) {
			return spiffeId.map(SpiffeId::toString).orElse("empty");
		}

		@GetMapping("/spiffe-id/not-required")
		String notRequiredSpiffeId(@ClientCert(required = false) SpiffeId spiffeId) {
			return nullable(spiffeId, SpiffeId::toString);
		}

		@GetMapping("/spiffe-id/nullable")
		String nullableSpiffeId(@ClientCert @Nullable SpiffeId spiffeId) {
			return nullable(spiffeId, SpiffeId::toString);
		}

		@GetMapping("/name")
		String name(@ClientCert String name) {
			return name;
		}

		@GetMapping("/name/optional")
		String name(@ClientCert Optional<String> name) {
			return name.orElse("empty");
		}

		@GetMapping("/name/not-required")
		String notRequiredName(@ClientCert(required = false) String name) {
			return String.valueOf(name);
		}

		@GetMapping("/name/nullable")
		String nullableName(@ClientCert @Nullable String name) {
			return String.valueOf(name);
		}

		@GetMapping("/unsupported")
		String unsupported(@ClientCert Integer number) {
			return "unsupported";
		}

		@GetMapping("/raw-optional")
		@SuppressWarnings("rawtypes")
		String rawOptional(@ClientCert Optional anything) {
			return "unsupported";
		}

		@GetMapping("/list")
		String list(@ClientCert List<X509Certificate> chain) {
			return "unsupported";
		}

		@Override
		public String inherited(String name) {
			return name;
		}

		private static String subject(X509Certificate certificate) {
			return certificate.getSubjectX500Principal().getName();
		}

		private static String subjects(X509Certificate[] chain) {
			return "%d: %s".formatted(chain.length, subject(chain[0]));
		}

		private static <T> String nullable(@Nullable T value, Function<T, String> text) {
			return (value != null) ? text.apply(value) : "null";
		}

	}

	/**
	 * An interface that bears the annotations.
	 */
	interface Inherited {

		@GetMapping("/inherited")
		String inherited(@ClientCert String name);

	}

	/**
	 * The application's own answer.
	 */
	@ControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class OwnAdvice {

		@ExceptionHandler
		ResponseEntity<Void> handle(ClientCertException ex) {
			return ResponseEntity.status(HttpStatus.PAYMENT_REQUIRED).build();
		}

	}

}
