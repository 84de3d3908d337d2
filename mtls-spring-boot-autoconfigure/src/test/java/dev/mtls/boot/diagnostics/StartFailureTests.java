package dev.mtls.boot.diagnostics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for what a user sees when the start fails.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	private static final String SECRET = "s3cr3t-Passw0rd";

	@TempDir
	private static Path directory;

	private static String[] server;

	@BeforeAll
	static void writeFiles() {
		TestAuthority authority = TestAuthority.create();
		PemFiles files = authority.server().writeTo(directory, "server");
		server = new String[] { "mtls.server.certificate=" + files.certificate(),
				"mtls.server.private-key=" + files.privateKey(),
				"mtls.server.trust-certificates=" + authority.writeTo(directory, "ca") };
	}

	@Test
	void startWhenThreePropertiesSucceeds() {
		try (ConfigurableApplicationContext context = start(server)) {
			assertThat(context.containsBean("mtlsServerGate")).isTrue();
		}
	}

	@Test
	void startWhenTrustIsMissingSaysPlaceProblemAndFix(CapturedOutput output) {
		assertFails(output, """
				Description:

				Mutual TLS is not usable:

				    Place: mtls.server.trust-certificates
				    Problem: no trust anchor is configured, so no peer could be told from another
				    Reason: trust-missing (105)

				Action:

				Set it to the certificate of the CA that issues your peers' certificates, such as file:/etc/tls/ca.crt.
				""", server[0], server[1]);
	}

	@Test
	void startWhenFileIsBrokenSaysWhichFile(CapturedOutput output) throws Exception {
		Path broken = Files.writeString(directory.resolve("broken.crt"), "broken");
		assertFails(output, """
				    Place: mtls.server.certificate=%s
				    Problem: It holds no certificate
				    Reason: material-invalid (106)
				""".formatted(broken), server[1], server[2], "mtls.server.certificate=" + broken);
	}

	@Test
	void startWhenConstructorOfPropertiesRefusesSaysWhy(CapturedOutput output) {
		assertFails(output, """
				    Place: mtls.reload.interval=PT0S
				    Problem: the interval is not positive
				""", server[0], server[1], server[2], "mtls.reload.interval=0s");
	}

	@Test
	void startWhenSwitchIsNoBooleanNamesIt(CapturedOutput output) {
		assertFails(output, "Property: mtls.server.enabled", "mtls.server.enabled=maybe");
		assertFails(output, "Property: mtls.dev.enabled", "mtls.dev.enabled=maybe");
	}

	@Test
	void startWhenValueIsNoChoiceNamesTheChoices(CapturedOutput output) {
		assertFails(output, "Property: mtls.server.client-auth", server[0], server[1], server[2],
				"mtls.server.client-auth=maybe");
		assertThat(output).contains("NEED").contains("WANT");
	}

	@Test
	void startWhenDevCertificatesMeetProductionSaysSo(CapturedOutput output) {
		assertFails(output, """
				    Place: mtls.dev.enabled=true
				    Problem: development certificates must not be used in production, and the profile 'prod' is active
				""", "mtls.dev.enabled=true", "spring.profiles.active=prod");
	}

	@ParameterizedTest
	@CsvSource({ "mtls.server.allowed-client, mtls.server.allowed-clients",
			"mtls.server.alowed-networks, mtls.server.allowed-networks",
			"mtls.server.privat-key, mtls.server.private-key",
			"mtls.server.trust-certificate, mtls.server.trust-certificates",
			"mtls.server.key-store.lokation, mtls.server.key-store.location",
			"mtls.server.trust-store.pasword, mtls.server.trust-store.password",
			"mtls.client.allowed-server, mtls.client.allowed-servers",
			"mtls.tcp.servers.echo.lisen, mtls.tcp.servers.echo.listen",
			"mtls.tcp.servers.echo.limits.connection, mtls.tcp.servers.echo.limits.connections",
			"mtls.tcp.clients.orders.retry.max-attempt, mtls.tcp.clients.orders.retry.max-attempts",
			"mtls.tcp.clients.orders.pool.max-conections, mtls.tcp.clients.orders.pool.max-connections",
			"mtls.reload.intervall, mtls.reload.interval" })
	void startWhenKeyIsMisspeltSuggestsTheRightOne(String misspelt, String right, CapturedOutput output) {
		assertFails(output, "    Problem: there is no such key\n", server[0], server[1], server[2],
				"mtls.client.trust-certificates=" + directory.resolve("ca.crt"), misspelt + "=" + SECRET);
		assertThat(output).contains("    Place: " + misspelt).contains("Write " + right + ".\n").doesNotContain(SECRET);
	}

	@Test
	void startWhenKeyIsUnknownListsThoseThatThereAre(CapturedOutput output) {
		assertFails(output, "Place: mtls.server.key-store.whatever", server[0], server[1], server[2],
				"mtls.server.key-store.whatever=" + SECRET);
		assertThat(output)
			.contains("The keys of mtls.server.key-store are location, type, password, key-password, alias.");
		assertFails(output, "Place: mtls.server.nothing.of.that", server[0], server[1], server[2],
				"mtls.server.nothing.of.that=" + SECRET);
		assertThat(output).contains("The keys of mtls.server are enabled, bundle, certificate, private-key,")
			.doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.sever.certificate", "mtls.servers.certificate", "mtls.enable", "mtls.certificate" })
	void startWhenPrefixIsMisspeltFails(String key, CapturedOutput output) {
		assertFails(output, """
				    Place: %s
				    Problem: there is no such key
				""".formatted(key), key + "=" + SECRET);
		assertThat(output).contains("audit, client, clients, dev, enabled").contains("server").doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.tcp.server.echo.listen", "mtls.tcp" })
	void startWhenPrefixOfTcpIsMisspeltFails(String key, CapturedOutput output) {
		assertFails(output, """
				    Place: %s
				    Problem: there is no such key
				""".formatted(key), key + "=" + SECRET);
		assertThat(output).contains("What may follow mtls.tcp. is clients, servers.").doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.kill-switch=false", "mtls.killSwitch=false", "mtls.kill_switch=false",
			"mtls.server.enabled=false", "mtls.dev.directory=x", "mtls.health.warn=40d", "mtls.audit.enabled=false",
			"MTLS_SERVER_PORT=tcp://10.0.0.1:80", "mtlsx.sever=a" })
	void startWhenKeyIsKnownOrAnotherApplicationsSucceeds(String property) {
		start(property).close();
	}

	@Test
	void startWhenOtherPropertiesAreUnboundIsLeftToSpringBoot(CapturedOutput output) {
		assertFails(output, "Property: other.server.misspelt", OtherConfiguration.class, "other.server.misspelt=x");
	}

	private static void assertFails(CapturedOutput output, String text, String... properties) {
		assertFails(output, text, Application.class, properties);
	}

	private static void assertFails(CapturedOutput output, String text, Class<?> application, String... properties) {
		assertThatThrownBy(() -> start(application, properties)).isNotNull();
		assertThat(output.getOut()).contains("APPLICATION FAILED TO START").contains(text);
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return start(Application.class, properties);
	}

	private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
		List<String> arguments = new ArrayList<>(Stream.of(properties).map((property) -> "--" + property).toList());
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.run(arguments.toArray(String[]::new));
	}

	/**
	 * An application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * An application with strict properties of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(OtherProperties.class)
	static class OtherConfiguration {

	}

	/**
	 * Properties of the application.
	 *
	 * @param name any name
	 */
	@ConfigurationProperties(prefix = "other.server", ignoreUnknownFields = false)
	record OtherProperties(String name) {

	}

}
