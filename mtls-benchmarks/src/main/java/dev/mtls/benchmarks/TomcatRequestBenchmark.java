package dev.mtls.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.MethodParameter;
import org.springframework.web.context.request.NativeWebRequest;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.servlet.ClientCertMethodArgumentResolver;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.identity.PeerIdentity;

/**
 * What the starter adds to a request on a Tomcat connection that is kept alive, measured
 * on a request that a real Tomcat holds open. Tomcat reads twice for a request without a
 * body: its head, and in vain the next one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class TomcatRequestBenchmark {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private final ClientCertMethodArgumentResolver resolver = new ClientCertMethodArgumentResolver();

	private final MethodParameter parameter;

	private @Nullable TestBed testBed;

	private @Nullable ConfigurableApplicationContext server;

	private @Nullable HeldRequest held;

	private @Nullable LiveConnection connection;

	private @Nullable NativeWebRequest request;

	private @Nullable Request coyoteRequest;

	public TomcatRequestBenchmark() {
		this.parameter = Arrays.stream(TomcatRequestBenchmark.class.getDeclaredMethods())
			.filter((method) -> method.getName().equals("controller"))
			.map((method) -> new MethodParameter(method, 0))
			.findFirst()
			.orElseThrow();
	}

	@Setup
	public void start() throws IOException, InterruptedException {
		TestBed testBed = new TestBed();
		this.testBed = testBed;
		SpringApplication application = new SpringApplicationBuilder(ComparedApplication.class, HeldRequest.class)
			.build();
		ConfigurableApplicationContext server = application.run(
				testBed.properties(Variant.STARTER).stream().map((property) -> "--" + property).toArray(String[]::new));
		this.server = server;
		this.held = server.getBean(HeldRequest.class);
		this.request = this.held.request(testBed.client());
		this.coyoteRequest = HeldRequest.coyoteRequest(this.request);
		this.connection = server.getBean(Gate.class).connections().iterator().next();
	}

	@TearDown
	public void stop() throws IOException {
		Objects.requireNonNull(this.held).close();
		Objects.requireNonNull(this.server).close();
		Objects.requireNonNull(this.testBed).close();
	}

	/**
	 * The check at one read.
	 * @return whether the peer is still admitted
	 */
	@Benchmark
	public boolean readCheck() {
		return Objects.requireNonNull(this.connection).isAdmitted();
	}

	/**
	 * Tomcat tells the certificates, and all else that it knows of the TLS connection, as
	 * it does when any application asks for them.
	 * @return the certificates
	 */
	@Benchmark
	public @Nullable Object tomcatAttribute() {
		Request request = Objects.requireNonNull(this.coyoteRequest);
		request.action(ActionCode.REQ_SSL_ATTRIBUTE, request);
		return request.getAttribute(CERTIFICATES);
	}

	/**
	 * A {@link ClientCert} parameter, of a certificate that Tomcat has told.
	 * @return the identity
	 */
	@Benchmark
	public @Nullable Object clientCert() {
		return this.resolver.resolveArgument(this.parameter, null, Objects.requireNonNull(this.request), null);
	}

	/**
	 * All that the starter does for a request whose controller has a {@link ClientCert}
	 * parameter.
	 * @return the identity
	 */
	@Benchmark
	public @Nullable Object wholeRequest() {
		boolean head = readCheck();
		boolean next = readCheck();
		return (head && next) ? clientCert() : null;
	}

	@SuppressWarnings("unused")
	private static void controller(@ClientCert PeerIdentity client) {
	}

}
