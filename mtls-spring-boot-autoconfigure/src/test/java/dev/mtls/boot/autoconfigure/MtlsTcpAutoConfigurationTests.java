package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.gate.RulesCustomizer;
import dev.mtls.boot.tcp.MtlsTcpListener;
import dev.mtls.boot.tcp.TcpConnectionHandlers;
import dev.mtls.boot.tcp.TcpServerLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what {@link MtlsTcpAutoConfiguration} supplies, and for what it refuses at
 * the start.
 */
class MtlsTcpAutoConfigurationTests {

	private static final String ECHO = "mtls.tcp.servers.echo.listen=127.0.0.1:0";

	private static final String ORDERS = "mtls.tcp.clients.orders.server=localhost:7443";

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsTcpAutoConfiguration.class, SslAutoConfiguration.class));

	private final ApplicationContextRunner server = this.runner.withUserConfiguration(EchoConfiguration.class);

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenServerIsSetSuppliesItBehindAGateOfItsOwn() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, "mtls.server.mode=report-only", "mtls.server.client-auth=want",
					"mtls.server.limits.connections=3", "mtls.tcp.servers.echo.limits.connections-per-address=4",
					"mtls.tcp.servers.echo.limits.handshake-timeout=7s")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(TcpServerLifecycle.class).hasSingleBean(Gate.class);
				Gate gate = context.getBean(GateRegistry.class).find("tcp-echo").orElseThrow();
				assertThat(gate.settings().certificateRequired()).isTrue();
				assertThat(gate.settings().reportOnly()).isTrue();
				assertThat(gate.settings().limits()).isEqualTo(new ConnectionLimits(ConnectionLimits.UNLIMITED, 4,
						ConnectionLimits.UNLIMITED, ConnectionLimits.UNLIMITED));
				assertThat(gate.settings().handshakeTimeout()).hasSeconds(7);
				assertThat(context.getBean(SslBundles.class).getBundle("mtls-tcp-echo").getStores().getTrustStore())
					.isNotNull();
				assertThat(context.getBean(TcpServerLifecycle.class).listener("echo").port()).isPositive();
			});
	}

	@Test
	void contextWhenWebServerHasNoMtlsSuppliesServer() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, "mtls.server.enabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(Gate.class);
				assertThat(context.getBean(GateRegistry.class).gates()).extracting((gate) -> gate.settings().name())
					.containsExactly("tcp-echo");
			});
	}

	@Test
	void contextWhenMaterialIsABundleSuppliesServer() {
		this.server
			.withPropertyValues(ECHO, "mtls.server.bundle=own",
					"spring.ssl.bundle.pem.own.keystore.certificate=" + files.server().certificate(),
					"spring.ssl.bundle.pem.own.keystore.private-key=" + files.server().privateKey(),
					"spring.ssl.bundle.pem.own.truststore.certificate=" + files.anchor())
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void contextWhenRulesAreCustomizedNamesTheGate() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO)
			.withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> assertThat(context.getBean(AtomicInteger.class)).hasPositiveValue());
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.runner.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TcpServerLifecycle.class)
				.doesNotHaveBean(MtlsTcpClient.class));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		this.server.withPropertyValues("mtls.enabled=false", ECHO, ORDERS)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TcpConnectionHandlers.class)
				.doesNotHaveBean(TcpServerLifecycle.class)
				.doesNotHaveBean(MtlsTcpClient.class));
	}

	@Test
	void contextWhenServerIsDisabledNeedsNoHandlerAndOpensNoGate() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, "mtls.tcp.servers.echo.enabled=false")
			.withUserConfiguration(AnnotatedConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(GateRegistry.class).find("tcp-echo")).isEmpty();
				assertThatIllegalStateException()
					.isThrownBy(() -> context.getBean(TcpServerLifecycle.class).listener("echo"));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor.netty", "dev.mtls.tcp" })
	void contextWhenClassesAreAbsentSuppliesNothing(String absent) {
		this.runner.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsTcpConnectionHandlers"));
	}

	@ParameterizedTest
	@CsvSource({ "reactor.netty, reactor-netty-core", "dev.mtls.tcp, dev.mtls:mtls-tcp" })
	void contextWhenClassesAreAbsentAndSomethingIsSetFails(String absent, String fix) {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO)
			.withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tcp")
				.hasMessageContaining(fix));
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues(ECHO, ORDERS)
			.withUserConfiguration(EchoConfiguration.class, OwnBeansConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(TcpServerLifecycle.class).hasBean("ownLifecycle");
				assertThat(context.getBean(MtlsTcpClient.class).server()).isEqualTo("own.example.com:1");
			});
	}

	@Test
	void contextWhenClientIsSetSuppliesItWithTheGateOfItsIdentity() {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues(ORDERS)
			.withUserConfiguration(ClientUseConfiguration.class)
			.run((context) -> {
				MtlsTcpClient client = context.getBean("orders", MtlsTcpClient.class);
				assertThat(client.server()).isEqualTo("localhost:7443");
				assertThat(client).hasToString("MtlsTcpClient[mtls.tcp.clients.orders, localhost:7443]");
				assertThat(client.gate()).isSameAs(context.getBean(MtlsClientAutoConfiguration.GATE, Gate.class));
				assertThat(context.getBean(ClientUse.class).client()).isSameAs(client);
				assertThat(context.getBean(ClientUse.class).pool()).isSameAs(context.getBean("ordersPool"));
				assertThat(context.getBean(GateRegistry.class).gates()).hasSize(1);
			});
	}

	@Test
	void contextWhenClientNamesAnIdentityUsesItsGate() {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.clients.payments.trust-certificates=" + files.anchor(), ORDERS,
					"mtls.tcp.clients.orders.client=payments")
			.run((context) -> assertThat(context.getBean(MtlsTcpClient.class).gate().settings().name())
				.isEqualTo("payments"));
	}

	@Test
	void contextWhenNamesHaveCapitalsSuppliesThem() {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.tcp.clients.orderQueue.server=localhost:7443")
			.run((context) -> assertThat(context).hasNotFailed().hasBean("orderQueue"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			mtls.tcp.servers.echo.limits.connections=1 | mtls.tcp.servers.echo.listen: it is not set
			mtls.tcp.servers.echo.listen=7443 | mtls.tcp.servers.echo.listen: 7443
			mtls.tcp.servers.echo.listen=a:b:1 | mtls.tcp.servers.echo.listen: a:b:1
			mtls.tcp.servers.echo.listen=localhost:70000 | mtls.tcp.servers.echo.listen: localhost:70000
			mtls.tcp.servers.echo.read-timeout=0s | mtls.tcp.servers.echo.read-timeout=PT0S
			mtls.tcp.servers.echo.write-timeout=-1s | mtls.tcp.servers.echo.write-timeout=PT-1S
			mtls.tcp.servers.echo.idle-timeout=0s | mtls.tcp.servers.echo.idle-timeout=PT0S
			mtls.tcp.servers.echo.drain-time=-1s | mtls.tcp.servers.echo.drain-time=PT-1S
			mtls.tcp.servers.echo.drain-time=31s | timeout-per-shutdown-phase=PT30S
			mtls.tcp.servers.echo.limits.connections=0 | mtls.tcp.servers.echo.limits.connections=0
			mtls.tcp.servers.echo.limits.handshake-timeout=0s | mtls.tcp.servers.echo.limits.handshake-timeout=PT0S
			mtls.tcp.servers[a.b].listen=localhost:0 | mtls.tcp.servers.a.b: the name
			""")
	void contextWhenServerPropertyIsWrongFails(String property, String message) {
		String listen = (property.contains("listen") || message.contains("listen")) ? "some.thing=else" : ECHO;
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(listen, property)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining(message));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					mtls.tcp.clients.other.connect-timeout=1s | mtls.tcp.clients.other.server: it is not set
					mtls.tcp.clients.orders.server=localhost:0 | mtls.tcp.clients.orders.server: localhost:0
					mtls.tcp.clients.orders.client=payments | mtls.tcp.clients.orders.client=payments: mtls.clients.payments is not
					mtls.tcp.clients.orders.connect-timeout=0s | mtls.tcp.clients.orders.connect-timeout=PT0S
					mtls.tcp.clients.orders.read-timeout=0s | mtls.tcp.clients.orders.read-timeout=PT0S
					mtls.tcp.clients.orders.write-timeout=0s | mtls.tcp.clients.orders.write-timeout=PT0S
					mtls.tcp.clients.orders.idle-timeout=0s | mtls.tcp.clients.orders.idle-timeout=PT0S
					mtls.tcp.clients.orders.retry.max-attempts=-1 | mtls.tcp.clients.orders.retry.max-attempts=-1
					mtls.tcp.clients.orders.retry.first-delay=0s | mtls.tcp.clients.orders.retry.first-delay=PT0S
					mtls.tcp.clients.orders.retry.max-delay=1ms | mtls.tcp.clients.orders.retry.max-delay=PT0.001S
					mtls.tcp.clients.orders.retry.jitter=1.5 | mtls.tcp.clients.orders.retry.jitter=1.5
					mtls.tcp.clients.orders.pool.max-connections=0 | mtls.tcp.clients.orders.pool.max-connections=0
					mtls.tcp.clients.orders.pool.max-idle-time=0s | mtls.tcp.clients.orders.pool.max-idle-time=PT0S
					mtls.tcp.clients.mtlsClientGate.server=localhost:1 | there is a bean 'mtlsClientGate' already
					""")
	void contextWhenClientPropertyIsWrongFails(String property, String message) {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues(ORDERS, property)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining(message));
	}

	@Test
	void contextWhenIdentityIsNotConfiguredFails() {
		this.runner.withPropertyValues(ORDERS)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tcp.clients.orders.client=client: mtls.client is not configured"));
	}

	@Test
	void contextWhenClientHasTheNameOfTheGateFails() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, "mtls.clients.tcp-echo.trust-certificates=" + files.anchor())
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tcp.servers.echo: its gate has the name of mtls.clients.tcp-echo"));
	}

	@Test
	void contextWhenPoolLibraryIsAbsentSuppliesClientsOnly() {
		ApplicationContextRunner without = this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues(ORDERS)
			.withClassLoader(new FilteredClassLoader("reactor.pool"));
		without.run((context) -> assertThat(context).hasNotFailed().hasBean("orders").doesNotHaveBean("ordersPool"));
		without.withPropertyValues("mtls.tcp.clients.orders.pool.max-connections=2")
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tcp.clients.orders.pool")
				.hasMessageContaining("reactor-pool"));
	}

	@Test
	void contextWhenServerHasNoKeyFails() {
		this.server.withPropertyValues(ECHO, "mtls.server.trust-certificates=" + files.anchor())
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.server: the server has no certificate"));
	}

	@Test
	void contextWhenNothingOfTheServerIsSetFails() {
		this.server.withPropertyValues(ECHO)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.server.trust-certificates"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.tcp.servers.echo.limits.connection=1", "mtls.tcp.servers.echo.lissten=a:1",
			"mtls.tcp.servers.echo.limits.connections.x=1" })
	void contextWhenServerKeyDoesNotExistFails(String property) {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("mtls.tcp.servers"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.tcp.clients.orders.retry.attempts=1", "mtls.tcp.clients.orders.bundle=x",
			"mtls.tcp.clients.orders.pool.size=1" })
	void contextWhenClientKeyDoesNotExistFails(String property) {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues(ORDERS, property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("mtls.tcp.clients"));
	}

	@Test
	void contextWhenServerHasNoHandlerFails() {
		this.runner.withPropertyValues(files.serverProperties()).withPropertyValues(ECHO).run((context) -> {
			MtlsException failure = Failures.mtlsException(context.getStartupFailure());
			assertThat(failure.place()).isEqualTo("mtls.tcp.servers.echo");
			assertThat(failure.fix()).contains("@MtlsTcpListener(\"echo\")");
		});
	}

	@Test
	void contextWhenHandlerIsAnnotatedForAnotherServerDoesNotTakeItByItsName() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO, "mtls.tcp.servers.other.listen=127.0.0.1:0")
			.withUserConfiguration(OtherConfiguration.class)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).place())
				.isEqualTo("mtls.tcp.servers.echo"));
	}

	@Test
	void contextWhenTwoHandlersAreForOneServerFails() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO)
			.withUserConfiguration(AnnotatedConfiguration.class, AnnotatedAgainConfiguration.class)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("'annotated'")
				.hasMessageContaining("'again'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "some.thing=else", "mtls.tcp.servers.chat.listen=127.0.0.1:0" })
	void contextWhenHandlerHasNoServerFails(String property) {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(property)
			.withUserConfiguration(AnnotatedConfiguration.class)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).place())
				.isEqualTo("@MtlsTcpListener(\"echo\")"));
	}

	@Test
	void contextWhenAnnotatedBeanIsNoHandlerFails() {
		this.server.withPropertyValues(files.serverProperties())
			.withPropertyValues(ECHO)
			.withUserConfiguration(NoHandlerConfiguration.class)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("'text' is no TcpConnectionHandler"));
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		TcpConnectionHandler echo() {
			return (connection) -> connection.send(connection.receive().retain());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedConfiguration {

		@Bean
		@MtlsTcpListener("echo")
		TcpConnectionHandler annotated() {
			return (connection) -> Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedAgainConfiguration {

		@Bean
		Handler again() {
			return new Handler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherConfiguration {

		@Bean
		@MtlsTcpListener("other")
		TcpConnectionHandler echo() {
			return (connection) -> Mono.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoHandlerConfiguration {

		@Bean
		@MtlsTcpListener("echo")
		String text() {
			return "text";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		AtomicInteger customized() {
			return new AtomicInteger();
		}

		@Bean
		RulesCustomizer customizer(AtomicInteger customized) {
			return (gate, rules) -> {
				if (gate.equals("tcp-echo")) {
					customized.incrementAndGet();
				}
				return rules;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		MtlsTcpClient orders(@Qualifier(MtlsClientAutoConfiguration.GATE) Gate gate) {
			return MtlsTcpClient.create(gate).host("own.example.com").port(1);
		}

		@Bean
		TcpServerLifecycle ownLifecycle(TcpConnectionHandlers handlers) {
			return new TcpServerLifecycle(Map.of(), handlers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClientUseConfiguration {

		@Bean
		ClientUse clientUse(@Qualifier("orders") MtlsTcpClient client, @Qualifier("orders") MtlsTcpPool pool) {
			return new ClientUse(client, pool);
		}

	}

	record ClientUse(MtlsTcpClient client, MtlsTcpPool pool) {
	}

	/**
	 * A handler whose type is annotated.
	 */
	@MtlsTcpListener("echo")
	static class Handler implements TcpConnectionHandler {

		@Override
		public Publisher<Void> handle(TcpConnection connection) {
			return Mono.empty();
		}

	}

}
