package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.actuate.ForeignSslInfo;
import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.actuate.TunnelsHealth;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.gate.RulesCustomizer;
import dev.mtls.boot.metrics.TunnelMetrics;
import dev.mtls.boot.tunnel.SessionLog;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.gate.Rules;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.tcp.tunnel.TunnelRole;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link MtlsTunnelAutoConfiguration} supplies, and for what it refuses at
 * the start.
 */
class MtlsTunnelAutoConfigurationTests {

	private static final String[] SERVER = { "mtls.tunnels.web.role=server", "mtls.tunnels.web.listen=127.0.0.1:0",
			"mtls.tunnels.web.target=127.0.0.1:9" };

	private static final String[] CLIENT = { "mtls.tunnels.web.role=client", "mtls.tunnels.web.listen=127.0.0.1:0",
			"mtls.tunnels.web.target=localhost:9" };

	private static final String ALLOW_ALL = "mtls.tunnels.web.allow-all=true";

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsTunnelAutoConfiguration.class,
				MtlsTunnelsMetricsAutoConfiguration.class, MtlsTunnelsEndpointAutoConfiguration.class,
				MtlsTunnelsHealthContributorAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=mtlstunnels");

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenServerIsSetSuppliesItBehindAGateOfItsOwn() {
		server("mtls.server.client-auth=want", "mtls.server.limits.connections=3", "mtls.server.mode=report-only",
				"mtls.server.allowed-clients=dns:client", "mtls.tunnels.web.limits.connections-per-address=4",
				"mtls.tunnels.web.limits.connections-per-identity=5", "mtls.tunnels.web.limits.handshakes-per-second=6",
				"mtls.tunnels.web.limits.handshake-timeout=7s")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(TunnelLifecycle.class)
					.hasSingleBean(SessionLog.class)
					.hasSingleBean(TunnelMetrics.class)
					.hasSingleBean(TunnelsEndpoint.class)
					.hasSingleBean(TunnelsHealth.class);
				Gate gate = context.getBean(GateRegistry.class).find("tunnel-web").orElseThrow();
				assertThat(gate.settings().certificateRequired()).isTrue();
				assertThat(gate.settings().reportOnly()).isTrue();
				assertThat(gate.settings().limits())
					.isEqualTo(new ConnectionLimits(ConnectionLimits.UNLIMITED, 4, 5, 6));
				assertThat(gate.settings().handshakeTimeout()).hasSeconds(7);
				assertThat(context.getBean(SslBundles.class).getBundleNames()).contains("mtls-tunnel-web");
				TunnelLifecycle tunnels = context.getBean(TunnelLifecycle.class);
				assertThat(tunnels.tunnel("web").role()).isEqualTo(TunnelRole.SERVER);
				assertThat(tunnels.tunnel("web").address().toString()).startsWith("127.0.0.1:").doesNotEndWith(":0");
				assertThat(tunnels.tunnels()).hasSize(1);
			});
	}

	@Test
	void contextWhenClientIsSetSuppliesItWithTheGateOfItsIdentity() {
		client("mtls.tunnels.web.limits.connections=2", "mtls.tunnels.web.server-name=other.example.com")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(GateRegistry.class).gates()).hasSize(1);
				assertThat(context.getBean(TunnelLifecycle.class).tunnel("web").role()).isEqualTo(TunnelRole.CLIENT);
				SslBundles bundles = context.getBean(SslBundles.class);
				assertThat(bundles.getBundle("mtls-tunnel-web").getStores().getKeyStore()).isNotNull();
				assertThat(new ForeignSslInfo(bundles, context.getBean(GateRegistry.class)).getBundles()).isEmpty();
			});
	}

	@Test
	void tunnelsListenAfterTheWebServer() {
		server(ALLOW_ALL).run((context) -> assertThat(context.getBean(TunnelLifecycle.class).getPhase())
			.isGreaterThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE));
	}

	@Test
	void tunnelsStopWhileTheWebServerShutsDownGracefully() {
		server(ALLOW_ALL).run((context) -> assertThat(context.getBean(TunnelLifecycle.class).getPhase())
			.isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE));
	}

	@Test
	void tunnelsAreNotPaused() {
		server(ALLOW_ALL).run((context) -> assertThat(context.getBean(TunnelLifecycle.class).isPauseable()).isFalse());
	}

	@Test
	void contextWhenWebServerHasNoMtlsSuppliesServer() {
		server(ALLOW_ALL, "mtls.server.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(Gate.class);
			assertThat(context.getBean(GateRegistry.class).gates()).extracting((gate) -> gate.settings().name())
				.containsExactly("tunnel-web");
		});
	}

	@Test
	void contextWhenMaterialIsABundleSuppliesServer() {
		this.runner.withPropertyValues(SERVER)
			.withPropertyValues(ALLOW_ALL, "mtls.server.bundle=own",
					"spring.ssl.bundle.pem.own.keystore.certificate=" + files.server().certificate(),
					"spring.ssl.bundle.pem.own.keystore.private-key=" + files.server().privateKey(),
					"spring.ssl.bundle.pem.own.truststore.certificate=" + files.anchor())
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.server.allowed-clients=dns:client", "mtls.server.allowed-networks=127.0.0.0/8",
			"mtls.server.pins=spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
			"mtls.server.pins=cert-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"mtls.tunnels.web.allow-all=true mtls.server.allowed-networks=127.0.0.0/8" })
	void contextWhenServerSaysWhoGetsInStarts(String properties) {
		server(properties.split(" ")).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void contextWhenABeanSaysWhoGetsInStarts() {
		server().withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void contextWhenServerAsksForNoCertificateNeedsNoTrust() {
		this.runner.withPropertyValues(SERVER)
			.withPropertyValues("mtls.server.enabled=false", "mtls.server.certificate=" + files.server().certificate(),
					"mtls.server.private-key=" + files.server().privateKey(),
					"mtls.tunnels.web.disable-authentication=true")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Gate gate = context.getBean(GateRegistry.class).find("tunnel-web").orElseThrow();
				assertThat(gate.settings().certificateRequired()).isFalse();
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			true | false | mtls.server: the server has no certificate
			false | true | mtls.server.trust-certificates: no trust anchor
			""")
	void contextWhenServerLacksKeyOrTrustFails(boolean authenticationDisabled, boolean key, String message) {
		this.runner.withPropertyValues(SERVER)
			.withPropertyValues("mtls.server.enabled=false",
					"mtls.tunnels.web.disable-authentication=" + authenticationDisabled)
			.withPropertyValues(
					key ? new String[] { ALLOW_ALL, "mtls.server.certificate=" + files.server().certificate(),
							"mtls.server.private-key=" + files.server().privateKey() } : new String[0])
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining(message));
	}

	@Test
	void contextWhenClientHasNoCertificateAndSaysSoStarts() {
		client("mtls.clients.anonymous.trust-certificates=" + files.anchor(), "mtls.tunnels.web.client=anonymous",
				"mtls.tunnels.web.disable-authentication=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void contextWhenClientHasNoCertificateAndDoesNotSaySoFails() {
		client("mtls.clients.anonymous.trust-certificates=" + files.anchor(), "mtls.tunnels.web.client=anonymous")
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tunnels.web.client=anonymous: the identity has no certificate"));
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.runner.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TunnelLifecycle.class)
				.doesNotHaveBean(TunnelMetrics.class)
				.doesNotHaveBean(TunnelsEndpoint.class)
				.doesNotHaveBean(TunnelsHealth.class));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		server(ALLOW_ALL, "mtls.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TunnelLifecycle.class));
	}

	@Test
	void contextWhenTunnelIsDisabledOpensNoGate() {
		this.runner.withPropertyValues("mtls.tunnels.web.enabled=false", "mtls.tunnels.web.listen=nonsense")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(GateRegistry.class).gates()).isEmpty();
				assertThat(context.getBean(TunnelLifecycle.class).tunnels()).isEmpty();
			});
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		server(ALLOW_ALL).withUserConfiguration(OwnBeansConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TunnelLifecycle.class)
				.hasBean("ownLifecycle")
				.hasSingleBean(SessionLog.class)
				.hasBean("ownLog")
				.hasSingleBean(TunnelMetrics.class)
				.hasBean("ownMetrics")
				.hasSingleBean(TunnelsEndpoint.class)
				.hasBean("ownEndpoint")
				.doesNotHaveBean(TunnelsHealth.class));
	}

	@Test
	void contextWhenPartsAreSwitchedOffLeavesThemOut() {
		server(ALLOW_ALL, "management.health.mtlstunnels.enabled=false", "management.endpoint.mtlstunnels.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TunnelsEndpoint.class)
				.doesNotHaveBean(TunnelsHealth.class));
	}

	@Test
	void contextWhenNothingOfOperationsIsOnTheClassPathStarts() {
		server(ALLOW_ALL)
			.withClassLoader(new FilteredClassLoader(HealthContributor.class, ConditionalOnAvailableEndpoint.class,
					MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TunnelLifecycle.class)
				.doesNotHaveBean(TunnelMetrics.class)
				.doesNotHaveBean(TunnelsEndpoint.class)
				.doesNotHaveBean(TunnelsHealth.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor.netty", "dev.mtls.tcp" })
	void contextWhenClassesAreAbsentSuppliesNothing(String absent) {
		this.runner.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("mtlsTunnelLifecycle"));
	}

	@ParameterizedTest
	@CsvSource({ "reactor.netty, reactor-netty-core", "dev.mtls.tcp, dev.mtls:mtls-tcp" })
	void contextWhenClassesAreAbsentAndSomethingIsSetFails(String absent, String fix) {
		server(ALLOW_ALL).withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tunnels")
				.hasMessageContaining(fix));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					some.thing=else | mtls.tunnels.web: nothing says who gets in
					mtls.tunnels.web.allow-all=true mtls.server.allowed-clients=dns:a | allow-all=true: mtls.server.allowed-clients is
					mtls.tunnels.web.allow-all=true mtls.server.pins=spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= | allow-all=true: mtls.server.pins is
					mtls.tunnels.web.disable-authentication=true mtls.tunnels.web.allow-all=true | disable-authentication=true: allow-all
					mtls.tunnels.web.disable-authentication=true mtls.server.allowed-clients=dns:a | disable-authentication=true: mtls.server.allowed-clients is
					mtls.tunnels.web.disable-authentication=true mtls.server.pins=spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= | disable-authentication=true: mtls.server.pins is
					mtls.tunnels.web.client=client | mtls.tunnels.web.client: only a tunnel of role client
					mtls.tunnels.web.server-name=a.example.com | mtls.tunnels.web.server-name: only a tunnel of role client
					mtls.tunnels.web.unsafe-listen=true | mtls.tunnels.web.unsafe-listen: only a tunnel of role client
					mtls.tunnels.web.allow-all=true mtls.tunnels.other.target=localhost:1 | mtls.tunnels.other.role: it is not set
					mtls.tunnels[a.b].role=server | mtls.tunnels.a.b: the name
					""")
	void contextWhenServerContradictsItselfFails(String properties, String message) {
		server(properties.split(" ")).run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
			.hasMessageContaining(message));
	}

	@Test
	void contextWhenClientHasTheNameOfTheGateFails() {
		server(ALLOW_ALL, "mtls.clients.tunnel-web.trust-certificates=" + files.anchor())
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tunnels.web: its gate has the name of mtls.clients.tunnel-web"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			listen= | mtls.tunnels.web.listen:
			listen=a:b:1 | mtls.tunnels.web.listen: a:b:1
			listen=unix:/run/a.sock | mtls.tunnels.web.listen=unix:/run/a.sock: TLS is not spoken
			target=localhost:0 | mtls.tunnels.web.target: localhost:0
			target=192.0.2.1:80 | mtls.tunnels.web.target=192.0.2.1:80: what is sent there has no protection
			target=web.example.com:80 | unsafe-target=true
			connect-timeout=0s | mtls.tunnels.web.connect-timeout=PT0S
			close-timeout=0s | mtls.tunnels.web.close-timeout=PT0S
			idle-timeout=0s | mtls.tunnels.web.idle-timeout=PT0S
			max-lifetime=0s | mtls.tunnels.web.max-lifetime=PT0S
			shutdown-timeout=-1s | mtls.tunnels.web.shutdown-timeout=PT-1S
			shutdown-timeout=31s | timeout-per-shutdown-phase=PT30S
			retry.jitter=1.5 | mtls.tunnels.web.retry.jitter=1.5
			limits.connections=0 | mtls.tunnels.web.limits.connections=0
			""")
	void contextWhenServerPropertyIsWrongFails(String property, String message) {
		server(ALLOW_ALL, "mtls.tunnels.web." + property)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining(message));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			client=payments | mtls.tunnels.web.client=payments: mtls.clients.payments is not configured
			allow-all=true | mtls.tunnels.web.allow-all: only a tunnel of role server
			unsafe-target=true | mtls.tunnels.web.unsafe-target: only a tunnel of role server
			disable-authentication=true | disable-authentication=true: the identity client has a certificate
			listen=0.0.0.0:0 | mtls.tunnels.web.listen=0.0.0.0:0: what is sent there has no protection
			target=unix:/run/a.sock | mtls.tunnels.web.target=unix:/run/a.sock: TLS is not spoken
			limits.handshake-timeout=10s | mtls.tunnels.web.limits.handshake-timeout: plain connections
			limits.connections-per-address=1 | mtls.tunnels.web.limits.connections-per-address: plain connections
			limits.connections=0 | mtls.tunnels.web.limits.connections=0
			""")
	void contextWhenClientPropertyIsWrongFails(String property, String message) {
		client("mtls.tunnels.web." + property)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining(message));
	}

	@ParameterizedTest
	@ValueSource(strings = { "listen", "target" })
	void contextWhenAddressIsMissingFails(String key) {
		String other = key.equals("listen") ? "target" : "listen";
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.tunnels.web.role=client", "mtls.tunnels.web.%s=localhost:9".formatted(other))
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tunnels.web.%s: it is not set".formatted(key)));
	}

	@Test
	void contextWhenIdentityIsNotConfiguredFails() {
		this.runner.withPropertyValues(CLIENT)
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()))
				.hasMessageContaining("mtls.tunnels.web.client=client: mtls.client is not configured"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "alow-all=true", "limits.conections=1", "retry.jiter=0", "role=both" })
	void contextWhenKeyOrRoleDoesNotExistFails(String property) {
		server(ALLOW_ALL, "mtls.tunnels.web." + property).run(
				(context) -> assertThat(Failures.stackTrace(context.getStartupFailure())).contains("mtls.tunnels.web"));
	}

	@Test
	void contextWhenUnsafeTargetIsSaidStarts() {
		server(ALLOW_ALL, "mtls.tunnels.web.target=192.0.2.1:80", "mtls.tunnels.web.unsafe-target=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private ApplicationContextRunner server(String... properties) {
		return this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(SERVER)
			.withPropertyValues(properties);
	}

	private ApplicationContextRunner client(String... properties) {
		return this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues(CLIENT)
			.withPropertyValues(properties);
	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		RulesCustomizer customizer() {
			return (gate, rules) -> gate.equals("tunnel-web")
					? Rules.of(new AccessPolicy(null, List.of(IdentityPattern.parse("dns:client")))) : rules;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		TunnelLifecycle ownLifecycle(ObjectProvider<TunnelSessionListener> listeners) {
			return new TunnelLifecycle(Map.of(), listeners);
		}

		@Bean
		SessionLog ownLog() {
			return new SessionLog();
		}

		@Bean
		TunnelMetrics ownMetrics(TunnelLifecycle tunnels) {
			return new TunnelMetrics(tunnels);
		}

		@Bean
		TunnelsEndpoint ownEndpoint(TunnelLifecycle tunnels, TunnelGates gates) {
			return new TunnelsEndpoint(tunnels, gates::gate);
		}

		@Bean
		HealthContributor mtlsTunnelsHealthContributor() {
			return (HealthIndicator) () -> Health.up().build();
		}

	}

}
