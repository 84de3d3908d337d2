package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.application.SslHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.info.SslInfo;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.boot.actuate.EventCounts;
import dev.mtls.boot.actuate.ForeignSslInfo;
import dev.mtls.boot.actuate.MtlsEndpoint;
import dev.mtls.boot.actuate.MtlsHealth;
import dev.mtls.boot.actuate.RecentRefusals;
import dev.mtls.boot.audit.AuditLog;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.metrics.MtlsMetrics;
import dev.mtls.gate.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the auto-configurations supply to operators, and for that nothing of it
 * is needed.
 */
@ExtendWith(OutputCaptureExtension.class)
class OperationsAutoConfigurationTests {

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsServerAutoConfiguration.class,
				MtlsClientAutoConfiguration.class, MtlsAuditAutoConfiguration.class,
				MtlsEndpointAutoConfiguration.class, MtlsHealthContributorAutoConfiguration.class,
				MtlsMetricsAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=mtls");

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenEverythingIsThereSuppliesIt() {
		this.runner.withPropertyValues(files.clientProperties())
			.run((context) -> assertThat(context).hasSingleBean(MtlsHealth.class)
				.hasSingleBean(SslHealthIndicator.class)
				.hasSingleBean(MtlsEndpoint.class)
				.hasSingleBean(RecentRefusals.class)
				.hasSingleBean(EventCounts.class)
				.hasSingleBean(MtlsMetrics.class)
				.hasBean("mtlsDroppedEventMetrics")
				.hasSingleBean(AuditLog.class));
	}

	@Test
	void contextWhenNothingOfItIsOnTheClassPathStarts() {
		this.runner.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(HealthContributor.class, ConditionalOnAvailableEndpoint.class,
					MeterBinder.class, LoggingEventBuilder.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(GateRegistry.class)
				.doesNotHaveBean(MtlsHealth.class)
				.doesNotHaveBean(MtlsEndpoint.class)
				.doesNotHaveBean(MtlsMetrics.class)
				.doesNotHaveBean(AuditLog.class));
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(MtlsHealth.class)
			.doesNotHaveBean(MtlsEndpoint.class)
			.doesNotHaveBean(MtlsMetrics.class)
			.doesNotHaveBean(AuditLog.class)
			.doesNotHaveBean(GateRegistry.class));
	}

	@Test
	void contextWhenPartsAreSwitchedOffLeavesThemOut() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("management.health.mtls.enabled=false", "mtls.audit.enabled=false",
					"management.endpoint.mtls.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(MtlsHealth.class)
				.doesNotHaveBean(MtlsEndpoint.class)
				.doesNotHaveBean(RecentRefusals.class)
				.doesNotHaveBean(AuditLog.class)
				.hasSingleBean(MtlsMetrics.class));
	}

	@Test
	void contextWhenThresholdsContradictFails() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.health.warn=5d", "mtls.health.critical=6d")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("mtls.health.critical=PT144H")
				.hasMessageContaining("mtls.health.warn=PT120H"));
	}

	@Test
	void registryKnowsEachGate() {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.clients.payments.trust-certificates=" + files.anchor())
			.run((context) -> {
				context.getBeansOfType(Gate.class);
				assertThat(context.getBean(GateRegistry.class).gates()).extracting((gate) -> gate.settings().name())
					.containsExactlyInAnyOrder("server", "client", "payments");
			});
	}

	@Test
	void sslHealthLeavesOutWhatGatesShow() {
		this.runner
			.withPropertyValues("spring.ssl.bundle.pem.own.keystore.certificate=" + files.server().certificate(),
					"spring.ssl.bundle.pem.own.keystore.private-key=" + files.server().privateKey(),
					"spring.ssl.bundle.pem.own.truststore.certificate=" + files.anchor(),
					"spring.ssl.bundle.pem.other.truststore.certificate=" + files.anchor(), "mtls.server.bundle=own")
			.run((context) -> {
				context.getBeansOfType(Gate.class);
				ForeignSslInfo info = new ForeignSslInfo(context.getBean(SslBundles.class),
						context.getBean(GateRegistry.class));
				assertThat(info.getBundles()).extracting(SslInfo.BundleInfo::getName).containsExactly("other");
			});
	}

	@Test
	void startIsReportedInOneLineForEachGate(CapturedOutput output) {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.server.allowed-clients=dns:a,dns:b", "mtls.server.allowed-networks=10.0.0.0/8",
					"mtls.client.allowed-servers=dns:c")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.getAll().lines()).filteredOn((line) -> line.contains("Mutual TLS with bundle"))
					.hasSize(2)
					.anySatisfy((line) -> assertThat(line).contains("INFO",
							"[server] Mutual TLS with bundle mtls-server: is 'CN=", " days left); trusts 'CN=",
							"; allows peers by 2 rules from 1 networks; revocation is not looked up; client-auth need; mode enforce; TLSv1.3"))
					.anySatisfy((line) -> assertThat(line).contains("[client] Mutual TLS with bundle mtls-client: is ",
							"; allows peers by 1 rules from any address; "));
			});
	}

	@Test
	void startTellsThatThePlatformsTrustIsTrusted(CapturedOutput output) {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.client.trust-certificates=system")
			.run((context) -> assertThat(output.getAll()).containsPattern(
					"\\[client] Mutual TLS with bundle mtls-client: is .*; trusts the \\d+ anchors of the Java platform; "));
	}

	@Test
	void startWhenOnlyReportingWarns(CapturedOutput output) {
		this.runner.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.mode=report-only")
			.run((context) -> assertThat(output.getAll().lines()).filteredOn((line) -> line.contains("WARN"))
				.singleElement()
				.asString()
				.contains("[server] whom it would refuse", "set mode=enforce"));
	}

}
