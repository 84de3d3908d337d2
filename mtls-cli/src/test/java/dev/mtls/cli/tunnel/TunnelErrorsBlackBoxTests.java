package dev.mtls.cli.tunnel;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a process of {@code mtls tunnel} that cannot start says why in one line, and
 * ends.
 */
class TunnelErrorsBlackBoxTests {

	private static final String TUNNEL = "--listen 127.0.0.1:0 --target 127.0.0.1:1 ";

	private static final String SERVER = "server " + TUNNEL + "--cert server.crt ";

	private static final String TRUSTING = SERVER + "--ca ca.crt ";

	private static final String CLIENT = "client " + TUNNEL + "--ca ca.crt ";

	private static final String PASSWORD = "correct-horse";

	private static final Duration SHORT = Duration.ofSeconds(2);

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final int ATTEMPTS = 10;

	@TempDir
	static Path directory;

	private static ServerSocket taken;

	@BeforeAll
	static void writeFiles() throws Exception {
		taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		TunnelFiles files = new TunnelFiles(directory);
		files.write("garbled.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
		files.write("garbled.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
		files.write("empty", "");
		files.write("wrong-password", "wrong-secret\n");
		Files.write(directory.resolve("server.p12"), TestAuthority.create().server().pkcs12(PASSWORD));
		files.write("empty.yaml", "");
		files.write("broken.yaml", "mtls:\n  tunnels: [\n");
		String tunnel = "tunnel: { role: server, listen: \"127.0.0.1:0\", target: \"127.0.0.1:1\" }\n";
		files.writeTunnels("unknown.yaml", tunnel, "mtls.tunnels.tunnel.idle-timeut: 1s\n");
		files.writeTunnels("unsafe.yaml", tunnel, "mtls.tunnels.tunnel.target: 192.0.2.1:1\n");
		files.writeTunnels("malformed.yaml", tunnel, "mtls.tunnels.tunnel.idle-timeout: soon\n");
		files.writeTunnels("contradicting.yaml", tunnel, "mtls.tunnels.tunnel.allow-all: true\n");
		files.writeTunnels("roleless.yaml", tunnel, "mtls.tunnels.other.listen: 127.0.0.1:0\n");
		files.writeTunnels("tunnel.yaml", tunnel, "");
		files.writeTunnels("taken.yaml", tunnel, "mtls.tunnels.tunnel.listen: %s\n".formatted(takenAddress()));
		files.writeTunnels("twice.yaml",
				tunnel.replace(":0", ":65432") + tunnel.replace("tunnel:", "other:").replace(":0", ":65432"), "");
		files.writeTunnels("unauthenticated.yaml", tunnel, "mtls.tunnels.tunnel.disable-authentication: true\n");
		files.writeTunnels("server-cert.yaml", tunnel, "mtls.server.certificate: file:none.crt\n");
		files.writeTunnels("server-key.yaml", tunnel, "mtls.server.private-key: file:none.key\n");
		files.writeTunnels("server-ca.yaml", tunnel, "mtls.server.trust-certificates: file:none.crt\n");
		files.writeTunnels("server-crl.yaml", tunnel, "mtls.server.revocation.crls: file:none.crl\n");
		String client = tunnel.replace("role: server", "role: client");
		files.writeTunnels("client-taken.yaml", client, "mtls.tunnels.tunnel.listen: %s\n".formatted(takenAddress()));
		files.writeTunnels("client-unsafe.yaml", client, "mtls.tunnels.tunnel.listen: 0.0.0.0:0\n");
		files.writeTunnels("client-unauthenticated.yaml", client, "mtls.tunnels.tunnel.disable-authentication: true\n");
		files.writeTunnels("client-nobody.yaml", client, "mtls.tunnels.tunnel.client: nobody\n");
		files.writeTunnels("client-cert.yaml", client, "mtls.client.certificate: file:none.crt\n");
		files.writeTunnels("client-ca.yaml", client, "mtls.client.trust-certificates: file:none.crt\n");
		files.write("ruleless.yaml",
				Files.readString(directory.resolve("tunnel.yaml")).replaceAll(".*allowed-clients.*\n", ""));
	}

	@AfterAll
	static void release() throws Exception {
		taken.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			server                                                | --listen
			server --listen 127.0.0.1:0 --target 127.0.0.1:1      | --cert
			SERVER                                                | --allow-all
			SERVER --allow-cn a                                   | --ca
			TRUSTING --allow-cn a --allow-all                     | exclude each other
			TRUSTING --disable-authentication --allow-all         | exclude each other
			TRUSTING --allow-all --unknown                        | --unknown
			TRUSTING --allow-all --close-timeout 5parsecs         | --close-timeout
			TRUSTING --allow-all --config tunnel.yaml             | exclude each other
			TRUSTING --allow-cn *                                 | --allow-cn
			TRUSTING --allow-all --allow-network 10.0.0.1/8       | --allow-network
			server --listen 127.0.0.1:0 --target 192.0.2.1:1 --cert server.crt --ca ca.crt --allow-all | --unsafe-target
			client --listen 0.0.0.0:0 --target 127.0.0.1:1 --ca ca.crt --cert client.crt               | --unsafe-listen
			CLIENT                                                | --cert
			client --listen 127.0.0.1:0 --target 127.0.0.1:1 --cert client.crt                         | --ca
			""")
	void wrongCommandLineEndsWithTwo(String args, String expected) throws Exception {
		assertFails(ExitStatus.USAGE, args, expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					server TUNNEL --cert none.crt --ca ca.crt --allow-all                             | none.crt
					server TUNNEL --cert garbled.crt --key server.key --ca ca.crt --allow-all         | garbled.crt
					SERVER --key none.key --ca ca.crt --allow-all                                     | none.key
					SERVER --key garbled.key --ca ca.crt --allow-all                                  | garbled.key
					SERVER --key client.key --ca ca.crt --allow-all                                   | --key
					SERVER --ca none.crt --allow-all                                                  | none.crt
					TRUSTING --allow-all --crl none.crl                                               | none.crl
					server TUNNEL --key-store server.p12 --password-file wrong-password --ca ca.crt --allow-all | server.p12
					--config none.yaml                                                                | none.yaml
					--config empty.yaml                                                               | tunnel
					--config broken.yaml                                                              | broken.yaml
					--config unknown.yaml                                                             | mtls.tunnels.tunnel.idle-timeut
					--config unsafe.yaml                                                              | unsafe-target
					--config malformed.yaml                                                           | mtls.tunnels.tunnel.idle-timeout
					--config contradicting.yaml                                                       | allow-all
					--config roleless.yaml                                                            | mtls.tunnels.other
					""")
	void whatCannotBeStartedEndsWithOne(String args, String expected) throws Exception {
		assertFails(ExitStatus.FAILED, args, expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "server --listen TAKEN --target 127.0.0.1:1 --cert server.crt --ca ca.crt --allow-all",
			"TRUSTING --allow-all --status TAKEN", "--config taken.yaml", "--config tunnel.yaml --status TAKEN" })
	void portInUseEndsWithOne(String args) {
		assertFails(ExitStatus.FAILED, args, "TAKEN");
	}

	@Test
	void unixDomainSocketInUseEndsWithOne() throws Exception {
		Path path = directory.resolve("taken.sock");
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));
			assertFails(ExitStatus.FAILED, CLIENT.replace("127.0.0.1:0", "unix:" + path) + "--cert client.crt",
					path.toString());
			assertThat(path).exists();
		}
	}

	/**
	 * Measured by the clock on the wall, from the start of the process to its end, less
	 * the time for which its main thread was ready and all processors were busy with
	 * something else. What remains can only be longer than on an idle machine, so the
	 * shortest of several attempts counts.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					2 | SERVER --ca ca.crt                                                      | --allow-all
					2 | TRUSTING --allow-cn a --allow-all                                       | exclude each other
					2 | TRUSTING --disable-authentication --allow-all                           | exclude each other
					2 | CLIENT --cert client.crt --disable-authentication                       | exclude each other
					2 | CLIENT --cert client.crt --config empty.yaml                            | exclude each other
					2 | server --listen 127.0.0.1:0 --target 192.0.2.1:1 --cert server.crt --ca ca.crt --allow-all | --unsafe-target
					2 | client --listen 0.0.0.0:0 --target 127.0.0.1:1 --ca ca.crt --cert client.crt               | --unsafe-listen
					1 | server TUNNEL --cert none.crt --ca ca.crt --allow-all                   | none.crt
					1 | TRUSTING --key none.key --allow-all                                     | none.key
					1 | server TUNNEL --key-store none.p12 --password-file wrong-password --ca ca.crt --allow-all  | none.p12
					1 | SERVER --ca none.crt --allow-all                                        | none.crt
					1 | TRUSTING --allow-all --crl none.crl                                     | none.crl
					1 | CLIENT --cert none.crt                                                  | none.crt
					1 | client TUNNEL --cert client.crt --ca none.crt                           | none.crt
					1 | TRUSTING --allow-all --log-file none/tunnel.log                         | --log-file
					1 | --config none.yaml                                                      | none.yaml
					1 | server --listen TAKEN --target 127.0.0.1:1 --cert server.crt --ca ca.crt --allow-all       | --listen=TAKEN
					1 | client --listen TAKEN --target 127.0.0.1:1 --cert client.crt --ca ca.crt                   | --listen=TAKEN
					1 | TRUSTING --allow-all --status TAKEN                                     | --status=TAKEN
					1 | CLIENT --cert client.crt --status TAKEN                                 | --status=TAKEN
					1 | --config twice.yaml                    | mtls.tunnels.other.listen=127.0.0.1:65432
					1 | --config taken.yaml                    | mtls.tunnels.tunnel.listen=TAKEN
					1 | --config tunnel.yaml --status TAKEN    | --status=TAKEN
					1 | --config ruleless.yaml                 | allow-all
					1 | --config contradicting.yaml            | allow-all
					1 | --config unauthenticated.yaml          | disable-authentication
					1 | --config unsafe.yaml                   | unsafe-target
					1 | --config unknown.yaml                  | mtls.tunnels.tunnel.idle-timeut
					1 | --config malformed.yaml                | mtls.tunnels.tunnel.idle-timeout
					1 | --config broken.yaml                   | broken.yaml
					1 | --config server-cert.yaml              | mtls.server.certificate=file:none.crt
					1 | --config server-key.yaml               | mtls.server.private-key=file:none.key
					1 | --config server-ca.yaml                | mtls.server.trust-certificates=file:none.crt
					1 | --config server-crl.yaml               | mtls.server.revocation.crls=file:none.crl
					1 | --config client-taken.yaml             | mtls.tunnels.tunnel.listen=TAKEN
					1 | --config client-unsafe.yaml            | unsafe-listen
					1 | --config client-unauthenticated.yaml   | disable-authentication
					1 | --config client-nobody.yaml            | mtls.clients.nobody
					1 | --config client-cert.yaml              | mtls.client.certificate=file:none.crt
					1 | --config client-ca.yaml                | mtls.client.trust-certificates=file:none.crt
					""")
	void failureIsSaidWithinTwoSeconds(int status, String args, String expected) {
		Duration shortest = LONG;
		for (int i = 0; i < ATTEMPTS && shortest.compareTo(SHORT) > 0; i++) {
			Duration took = assertFails(status, args, expected);
			shortest = (took.compareTo(shortest) < 0) ? took : shortest;
		}
		assertThat(shortest).isLessThanOrEqualTo(SHORT);
	}

	private static Duration assertFails(int status, String args, String expected) {
		long started = System.nanoTime();
		try (TunnelProcess process = TunnelProcess.start(directory, words(args))) {
			Duration waited = process.waitedForProcessors();
			Duration took = Duration.ofNanos(System.nanoTime() - started).minus(waited);
			assertThat(process.exitCode()).as(process.err()).isEqualTo(status);
			assertThat(took).isLessThan(LONG);
			assertThat(process.err().lines()).as(process.err())
				.singleElement()
				.asString()
				.startsWith("mtls: ")
				.contains(expected.replace("TAKEN", takenAddress()))
				.doesNotContain("Exception", "wrong-secret", PASSWORD, "PRIVATE KEY");
			assertThat(process.out()).isEmpty();
			return took;
		}
	}

	private static String[] words(String args) {
		return args.replace("TRUSTING", TRUSTING)
			.replace("SERVER", SERVER)
			.replace("CLIENT", CLIENT)
			.replace("TUNNEL", TUNNEL)
			.replace("TAKEN", takenAddress())
			.trim()
			.split(" +");
	}

	private static String takenAddress() {
		return "127.0.0.1:" + taken.getLocalPort();
	}

}
