package dev.mtls.boot.autoconfigure;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.catalina.webresources.TomcatURLStreamHandlerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import dev.mtls.boot.actuate.GateDescriptor;
import dev.mtls.boot.actuate.MtlsEndpoint;
import dev.mtls.boot.actuate.TunnelDescriptor;
import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.client.MtlsClients;
import dev.mtls.boot.tcp.TcpServerLifecycle;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Explanation;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for applications that are processed ahead of time.
 */
@CompileWithForkedClassLoader
class AotProcessingTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final EchoService service = EchoService.start();

	private MtlsTestFiles files;

	private MtlsTestFiles strangers;

	// The class loader of these tests is not the only one with a Tomcat
	@BeforeAll
	static void leaveFactoryOfUrls() {
		TomcatURLStreamHandlerFactory.disable();
	}

	@BeforeEach
	void writeFiles(@TempDir Path directory, @TempDir Path other) {
		this.files = MtlsTestFiles.in(directory);
		this.strangers = MtlsTestFiles.in(other);
	}

	@AfterEach
	void stop() {
		this.service.close();
	}

	@Test
	void webServerAsksForCertificates() {
		TestCertificate stranger = this.strangers.authority().client("client");
		start(withServer(), (context) -> {
			int port = port(context);
			assertThat(get(this.files, port)).startsWith("HTTP/1.1 404 ");
			assertThatIOException().isThrownBy(() -> get(stranger, this.files, port));
		});
	}

	@Test
	void clientsServersAndTunnelsAreThere() {
		start(withEverything(), (context) -> {
			assertThat(context.getBean(MtlsClients.class)).isNotNull();
			int port = context.getBean(TcpServerLifecycle.class).listener("echo").port();
			TcpConnection connection = Objects
				.requireNonNull(context.getBean("orders", MtlsTcpClient.class).port(port).connect().block(BOUND));
			assertThat(exchange(connection, "hello")).isEqualTo("hello of client");
			assertThat(context.getBean(PoolUser.class).pool()).isSameAs(context.getBean("ordersPool"));
			String tunnel = context.getBean(TunnelLifecycle.class).tunnel("in").address().toString();
			try (Socket socket = connect(this.files.authority().client("client"), this.files,
					Integer.parseInt(tunnel.substring(tunnel.lastIndexOf(':') + 1)))) {
				socket.getOutputStream().write('a');
				assertThat(socket.getInputStream().read()).isEqualTo('a');
			}
		});
	}

	@Test
	void startWhenADecidingPropertyHasChangedFails() {
		String[] processed = withServer();
		process(processed, (initializer) -> {
			// What is added, and a part of what is named
			Stream.of("""
					mtls.server.excluded-paths=/public/**            mtls.server.excluded-paths
					mtls.server.client-auth=want                     mtls.server.client-auth=want
					mtls.server.exclude-probes=true                  mtls.server.exclude-probes
					mtls.server.forwarded.format=rfc9440             mtls.server.forwarded.format
					mtls.server.rate-limit.permits=10                mtls.server.rate-limit.permits
					mtls.management.client-auth=need                 mtls.management
					mtls.clients.payments.enabled=true               mtls.clients
					mtls.tunnels.in.role=server                      mtls.tunnels
					mtls.tcp.servers.echo.listen=127.0.0.1:0         mtls.tcp.servers
					mtls.tcp.clients.orders.server=localhost:1       mtls.tcp.clients.orders
					mtls.audit.enabled=false                         mtls.audit.enabled=false
					mtls.dev.enabled=true                            mtls.dev.enabled
					""".split("\n")).map((line) -> line.split(" +")).forEach((line) -> {
				String[] properties = Stream.concat(Stream.of(processed), Stream.of(line[0])).toArray(String[]::new);
				assertFails(initializer, properties, line[1], "it is set, and was not");
			});
			assertFails(initializer, new String[0], "mtls.server", "it is not set, and was");
		});
	}

	@Test
	void startWhenOtherPropertiesHaveChangedUsesThem() {
		process(withServer(), (initializer) -> {
			try (GenericApplicationContext context = context(initializer, this.strangers.serverProperties())) {
				context.refresh();
				assertThat(get(this.strangers, port(context))).startsWith("HTTP/1.1 404 ");
			}
		});
	}

	@Test
	void startWhenNothingWasSetFails() {
		process(new String[0],
				(initializer) -> assertFails(initializer, withServer(), "mtls.server", "it is set, and was not"));
	}

	@Test
	void propertiesAreBoundByReflection() {
		RuntimeHints hints = process(withEverything());
		Set<Class<?>> properties = new HashSet<>();
		for (Class<?> type : List.of(MtlsServerProperties.class, MtlsClientProperties.class, TcpServerProperties.class,
				TcpClientProperties.class, TunnelProperties.class)) {
			collect(ResolvableType.forClass(type), properties);
		}
		assertThat(properties)
			.contains(RevocationProperties.OcspProperties.class, TrustDomainProperties.class, TcpPoolProperties.class)
			.allSatisfy((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
				.accepts(hints));
	}

	@Test
	void descriptionsOfEndpointAreReadByReflection() {
		RuntimeHints hints = process(withEverything());
		Set<Class<?>> described = new HashSet<>();
		for (Class<?> type : List.of(MtlsEndpoint.MtlsDescriptor.class, MtlsEndpoint.ReloadDescriptor.class,
				MtlsEndpoint.ExplanationDescriptor.class, TunnelsEndpoint.TunnelsDescriptor.class)) {
			collect(ResolvableType.forClass(type), described);
		}
		assertThat(described).contains(GateDescriptor.class, TunnelDescriptor.class, Explanation.Step.class)
			.allSatisfy((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onMethodInvocation(type.getRecordComponents()[0].getAccessor()))
				.accepts(hints));
	}

	private String[] withServer() {
		return this.files.serverProperties();
	}

	private String[] withEverything() {
		return Stream
			.of(Stream.of(this.files.serverProperties()), Stream.of(this.files.clientProperties()),
					Stream.of("mtls.clients.payments.trust-certificates=" + this.files.anchor(),
							"mtls.server.allowed-clients=dns:client", "mtls.tcp.servers.echo.listen=127.0.0.1:0",
							"mtls.tcp.servers.echo.drain-time=0s", "mtls.tcp.clients.orders.server=localhost:1",
							"mtls.tunnels.in.role=server", "mtls.tunnels.in.listen=127.0.0.1:0",
							"mtls.tunnels.in.target=" + this.service.address(),
							"management.endpoints.web.exposure.include=*"))
			.flatMap((properties) -> properties)
			.toArray(String[]::new);
	}

	private static void start(String[] properties, Use use) {
		process(properties, (initializer) -> {
			try (GenericApplicationContext context = context(initializer, properties)) {
				context.refresh();
				use.use(context);
			}
		});
	}

	private static void assertFails(ApplicationContextInitializer<GenericApplicationContext> initializer,
			String[] properties, String place, String problem) {
		assertThatExceptionOfType(MtlsException.class).as(place)
			.isThrownBy(() -> context(initializer, properties).close())
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
				assertThat(ex.place()).contains(place);
				assertThat(ex.problem()).contains(problem);
			});
	}

	private static GenericApplicationContext context(
			ApplicationContextInitializer<GenericApplicationContext> initializer, String... properties) {
		ServletWebServerApplicationContext context = new ServletWebServerApplicationContext();
		apply(context, properties);
		initializer.initialize(context);
		return context;
	}

	@SuppressWarnings("unchecked")
	private static void process(String[] properties, Processed processed) {
		TestGenerationContext generation = new TestGenerationContext(AotProcessingTests.class);
		generate(generation, properties);
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try {
				processed.use(compiled.getInstance(ApplicationContextInitializer.class));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	private static RuntimeHints process(String... properties) {
		TestGenerationContext generation = new TestGenerationContext(AotProcessingTests.class);
		generate(generation, properties);
		return generation.getRuntimeHints();
	}

	private static void generate(TestGenerationContext generation, String... properties) {
		AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();
		apply(context, properties);
		context.register(Application.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		generation.writeGeneratedContent();
	}

	private static void apply(ConfigurableApplicationContext context, String... properties) {
		TestPropertyValues.of(properties).and("server.port=0", "mtls.reload.enabled=false").applyTo(context);
	}

	private static int port(ApplicationContext context) {
		return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
	}

	private static String get(MtlsTestFiles files, int port) throws IOException {
		return get(files.authority().client("client"), files, port);
	}

	private static String get(TestCertificate client, MtlsTestFiles files, int port) throws IOException {
		try (Socket socket = connect(client, files, port)) {
			socket.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			if (answer.isEmpty()) {
				throw new EOFException("There is no answer");
			}
			return answer;
		}
	}

	private static Socket connect(TestCertificate client, MtlsTestFiles files, int port) throws IOException {
		Socket socket = client.sslContext(files.authority())
			.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout((int) BOUND.toMillis());
		return socket;
	}

	private static String exchange(TcpConnection connection, String text) {
		return Objects.requireNonNull(connection.send(ByteBufFlux.fromString(Mono.just(text)))
			.then(connection.receive().asString().next())
			.block(BOUND));
	}

	private static void collect(ResolvableType type, Set<Class<?>> records) {
		for (ResolvableType argument : type.getGenerics()) {
			collect(argument, records);
		}
		Class<?> rawClass = type.toClass();
		if (rawClass.isRecord() && rawClass.getName().startsWith("dev.mtls.") && records.add(rawClass)) {
			for (RecordComponent component : rawClass.getRecordComponents()) {
				collect(ResolvableType.forType(component.getGenericType()), records);
			}
		}
	}

	/**
	 * An application with a TCP server and whoever uses a pool.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
			MtlsForwardedAutoConfiguration.class, MtlsRateLimitAutoConfiguration.class,
			MtlsClientAutoConfiguration.class, MtlsHttpClientAutoConfiguration.class, MtlsTcpAutoConfiguration.class,
			MtlsTunnelAutoConfiguration.class, MtlsTunnelsEndpointAutoConfiguration.class,
			MtlsEndpointAutoConfiguration.class, MtlsDevAutoConfiguration.class, EndpointAutoConfiguration.class,
			SslAutoConfiguration.class, TomcatServletWebServerAutoConfiguration.class,
			DispatcherServletAutoConfiguration.class })
	static class Application {

		@Bean
		@ConditionalOnProperty("mtls.tcp.servers.echo.listen")
		TcpConnectionHandler echo() {
			return (connection) -> connection.send(ByteBufFlux.fromString(connection.receive()
				.asString()
				.map((text) -> "%s of %s".formatted(text,
						Objects.requireNonNull(connection.peerIdentity()).displayName()))));
		}

		@Bean
		@ConditionalOnProperty("mtls.tcp.clients.orders.server")
		PoolUser poolUser(@Qualifier("orders") MtlsTcpPool pool) {
			return new PoolUser(pool);
		}

	}

	record PoolUser(MtlsTcpPool pool) {
	}

	/**
	 * Uses an application that was processed ahead of time and runs.
	 */
	@FunctionalInterface
	private interface Use {

		void use(ApplicationContext context) throws IOException;

	}

	/**
	 * Starts an application that was processed ahead of time.
	 */
	@FunctionalInterface
	private interface Processed {

		void use(ApplicationContextInitializer<GenericApplicationContext> initializer) throws IOException;

	}

}
