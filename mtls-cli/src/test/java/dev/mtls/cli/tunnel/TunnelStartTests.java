package dev.mtls.cli.tunnel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import dev.mtls.cli.console.Passwords;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TunnelStart}: the properties that flags become.
 */
class TunnelStartTests {

	private static final Passwords NO_PASSWORD = new Passwords("--password", null, null);

	@TempDir
	private Path directory;

	private String certificate = "";

	@BeforeEach
	void writeFiles() throws Exception {
		Path file = Files.writeString(this.directory.resolve("tls.pem"),
				"-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");
		this.certificate = file.toString();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--listen 0.0.0.0:8443        | mtls.tunnels.tunnel.listen                     | 0.0.0.0:8443
			--target unix:/run/a.sock    | mtls.tunnels.tunnel.target                     | unix:/run/a.sock
			--cert a.crt --key a.key     | mtls.server.private-key                        | file:a.key
			--ca a.crt --ca b.crt        | mtls.server.trust-certificates[1]              | file:b.crt
			--crl a.crl                  | mtls.server.revocation.crls[0]                 | file:a.crl
			--allow-cn a,b               | mtls.server.allowed-clients[0]                 | cn:a,b
			--allow-cn file:a            | mtls.server.allowed-clients[0]                 | cn:file:a
			--allow-cn a --allow-ou b    | mtls.server.allowed-clients[1]                 | ou:b
			--allow-dns *.example.com    | mtls.server.allowed-clients[0]                 | dns:*.example.com
			--allow-uri https://a/b      | mtls.server.allowed-clients[0]                 | uri:https://a/b
			--allow-uri spiffe://a/b     | mtls.server.allowed-clients[0]                 | spiffe://a/b
			--allow-ip ::1               | mtls.server.allowed-clients[0]                 | ip:::1
			--allow-spki abc=            | mtls.server.pins[0]                            | spki-sha256:abc=
			--allow-network 10.0.0.0/8   | mtls.server.allowed-networks[0]                | 10.0.0.0/8
			--allow-all                  | mtls.tunnels.tunnel.allow-all                  | true
			--disable-authentication     | mtls.tunnels.tunnel.disable-authentication     | true
			--unsafe-target              | mtls.tunnels.tunnel.unsafe-target              | true
			--proxy-protocol             | mtls.tunnels.tunnel.proxy-protocol             | true
			--tls-version TLSv1.3        | mtls.server.protocols[0]                       | TLSv1.3
			--max-connections 7          | mtls.tunnels.tunnel.limits.connections         | 7
			--handshake-timeout 2s       | mtls.tunnels.tunnel.limits.handshake-timeout   | PT2S
			--connect-timeout 500ms      | mtls.tunnels.tunnel.connect-timeout            | PT0.5S
			--close-timeout 1m           | mtls.tunnels.tunnel.close-timeout              | PT1M
			--idle-timeout 2h            | mtls.tunnels.tunnel.idle-timeout               | PT2H
			--max-lifetime 1d            | mtls.tunnels.tunnel.max-lifetime               | PT24H
			--shutdown-timeout 5s        | mtls.tunnels.tunnel.shutdown-timeout           | PT5S
			--shutdown-timeout 5s        | spring.lifecycle.timeout-per-shutdown-phase    | PT6S
			--connect-retries 3          | mtls.tunnels.tunnel.retry.max-attempts         | 3
			--reload-interval 1s         | mtls.reload.interval                           | PT1S
			--name redis --allow-all     | mtls.tunnels.redis.allow-all                   | true
			--name redis                 | mtls.tunnels.redis.role                        | server
			--status [::1]:9443          | server.port                                    | 9443
			--status [::1]:9443          | server.address                                 | ::1
			--log-file a.log             | logging.file.name                              | a.log
			--log-format ecs             | logging.structured.format.console              | ecs
			--log-format GELF            | logging.structured.format.file                 | gelf
			--verbose                    | logging.level.dev.mtls                         | debug
			--debug                      | logging.level.root                             | debug
			""")
	void flagOfServerBecomesProperty(String args, String property, String value) throws Exception {
		if (args.contains("a.key")) {
			args = args.replace("a.key", this.certificate);
			value = "file:" + this.certificate;
		}
		assertThat(properties("server", new TunnelServerCommand(), Flags.ofServer(), args)).containsKey(property)
			.extractingByKey(property)
			.hasToString(value);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--verify-cn a                | mtls.client.allowed-servers[0]                 | cn:a
			--verify-ou a                | mtls.client.allowed-servers[0]                 | ou:a
			--verify-dns a               | mtls.client.allowed-servers[0]                 | dns:a
			--verify-uri spiffe://a/b    | mtls.client.allowed-servers[0]                 | spiffe://a/b
			--verify-ip 10.0.0.1         | mtls.client.allowed-servers[0]                 | ip:10.0.0.1
			--verify-spki abc=           | mtls.client.pins[0]                            | spki-sha256:abc=
			--verify-network ::1         | mtls.client.allowed-networks[0]                | ::1
			--server-name a              | mtls.tunnels.tunnel.server-name                | a
			--server-check identity      | mtls.client.server-check                       | identity
			--unsafe-listen              | mtls.tunnels.tunnel.unsafe-listen              | true
			--disable-authentication     | mtls.tunnels.tunnel.disable-authentication     | true
			--handshake-timeout 2s       | mtls.client.handshake-timeout                  | PT2S
			--tls-version TLSv1.2        | mtls.client.protocols[0]                       | TLSv1.2
			--ca a.crt                   | mtls.client.trust-certificates[0]              | file:a.crt
			--listen 127.0.0.1:1         | mtls.tunnels.tunnel.role                       | client
			""")
	void flagOfClientBecomesProperty(String args, String property, String value) {
		assertThat(properties("client", new TunnelClientCommand(), Flags.ofClient(), args)).containsKey(property)
			.extractingByKey(property)
			.hasToString(value);
	}

	@Test
	void valueStandsForItself() {
		Map<String, Object> properties = properties("server", new TunnelServerCommand(), Flags.ofServer(),
				"--allow-cn ${user.home}:a,b\\${c}");
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("flags", new LinkedHashMap<>(properties)));
		assertThat(Binder.get(environment).bind("mtls.server.allowed-clients", Bindable.listOf(String.class)).get())
			.isEqualTo(List.of("cn:${user.home}:a,b\\${c}"));
	}

	@Test
	void keyIsReadFromTheFileOfTheCertificate() {
		assertThat(properties("server", new TunnelServerCommand(), Flags.ofServer(), "--cert " + this.certificate))
			.containsEntry("mtls.server.private-key", "file:" + this.certificate);
	}

	@Test
	void keyIsReadFromTheFileBesideTheCertificate() throws Exception {
		Path alone = Files.writeString(this.directory.resolve("alone.crt"), "-----BEGIN CERTIFICATE-----\n");
		Path key = Files.writeString(this.directory.resolve("alone.key"), "-----BEGIN PRIVATE KEY-----\n");
		assertThat(properties("server", new TunnelServerCommand(), Flags.ofServer(), "--cert " + alone))
			.containsEntry("mtls.server.private-key", "file:" + key);
	}

	@Test
	void passwordBecomesThatOfTheKey() throws Exception {
		Path password = Files.writeString(this.directory.resolve("password"), "se${cr}et\n");
		assertThat(properties("server", new TunnelServerCommand(), Flags.ofServer(), "--cert " + this.certificate,
				new Passwords("--password", password, null)))
			.containsEntry("mtls.server.private-key-password", "se\\${cr}et");
		assertThat(properties("server", new TunnelServerCommand(), Flags.ofServer(), "--key-store a.p12",
				new Passwords("--password", password, null)))
			.containsEntry("mtls.server.key-store.location", "file:a.p12")
			.containsEntry("mtls.server.key-store.password", "se\\${cr}et");
	}

	@ParameterizedTest
	@CsvSource({ "tunnel.yaml, tunnel.yaml", "tunnel.conf, tunnel.conf[.yaml]", "a.properties, a.properties" })
	void fileBecomesTheOnlyLocationOfConfiguration(String file, String location) {
		GivenFlags given = given(new TunnelCommand(), Flags.ofAny(), "--config /etc/" + file);
		assertThat(new TunnelStart(given).properties()).containsEntry("spring.config.location",
				"file:/etc/" + location);
	}

	private static Map<String, Object> properties(String role, Callable<Integer> command, Flags flags, String args) {
		return properties(role, command, flags, args, NO_PASSWORD);
	}

	private static Map<String, Object> properties(String role, Callable<Integer> command, Flags flags, String args,
			Passwords password) {
		return new TunnelStart(given(command, flags, args), role, password).properties();
	}

	private static GivenFlags given(Callable<Integer> command, Flags flags, String args) {
		CommandLine commandLine = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
		commandLine.parseArgs(Stream.of(args.split(" ")).toArray(String[]::new));
		CommandSpec spec = commandLine.getCommandSpec();
		return GivenFlags.of(spec, flags);
	}

}
