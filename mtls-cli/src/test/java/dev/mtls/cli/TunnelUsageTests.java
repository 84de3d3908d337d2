package dev.mtls.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code mtls tunnel} says in one line what is wrong.
 */
class TunnelUsageTests {

	private static final String SERVER = "tunnel server --listen 127.0.0.1:0 --target 127.0.0.1:1 --cert DIR/server.crt --key DIR/server.key ";

	private static final String TRUSTING = SERVER + "--ca DIR/ca.crt ";

	private static final String CLIENT = "tunnel client --listen 127.0.0.1:0 --target 127.0.0.1:1 --ca DIR/ca.crt ";

	private static final String OWN = "--cert DIR/client.crt --key DIR/client.key ";

	@TempDir
	static Path directory;

	@BeforeAll
	static void writeFiles() throws Exception {
		TestAuthority authority = TestAuthority.create();
		authority.server().writeTo(directory, "server");
		authority.client("client").writeTo(directory, "client");
		Files.writeString(directory.resolve("ca.crt"), authority.anchorPem());
		Files.writeString(directory.resolve("garbage"), "{ : no YAML");
		Files.writeString(directory.resolve("misspelt.yaml"), "mtls:\n  tunels:\n    a: b\n");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					tunnel                                            | 'mtls tunnel' needs a command, server or client, or --config. Try 'mtls tunnel --help'.
					tunnel server                                     | Missing required option: --listen
					tunnel server --listen a:1                        | Missing required option: --target
					tunnel server --listen a:1 --target b:1           | Missing required option: --cert or --key-store
					tunnel server --listen a:1 --target b:1 --key k   | --key is of no use without --cert
					tunnel server --listen a:1 --target b:1 --key-store s --cert c | --key-store and --cert exclude each other
					SERVER                                            | Nobody would be let in; say who with --allow-cn
					SERVER --allow-cn a                               | Missing required option: --ca
					TRUSTING --allow-all --allow-cn a                 | --allow-all and --allow-cn exclude each other
					TRUSTING --allow-all --allow-spki a               | --allow-all and --allow-spki exclude each other
					SERVER --disable-authentication --allow-all       | --disable-authentication and --allow-all exclude each other
					SERVER --disable-authentication --allow-ou a      | --disable-authentication and --allow-ou exclude each other
					TRUSTING --allow-cn a --name A                    | --name=A is no name of a tunnel
					TRUSTING --allow-cn a --idle-timeout soon         | '--idle-timeout': 'soon' is no duration; write 500ms, 30s, 5m or 8h
					TRUSTING --allow-cn a --max-connections many      | '--max-connections': 'many' is not an int
					TRUSTING --allow-cn a --log-format xml            | '--log-format'
					TRUSTING --allow-cn a --status 9443               | --status=9443: It is not a host and a port
					TRUSTING --allow-cn a --unsafe-listen             | Unknown option: '--unsafe-listen'. Did you mean
					TRUSTING --allow-cn a --config b                  | exclude each other; write it into the file
					CLIENT                                            | Missing required option: --cert or --key-store
					CLIENT OWN --disable-authentication               | --disable-authentication and --cert exclude each other
					CLIENT --disable-authentication --status a:1      | --status and --disable-authentication exclude each other
					CLIENT OWN --server-check none                    | '--server-check'
					tunnel client --listen a:1 --target b:1 OWN       | Missing required option: --ca
					tunnel server --listen nowhere --target b:1 --cert c --ca a --allow-all          | --listen=nowhere: It is not a host and a port
					tunnel server --listen a:1 --target unix:b --cert c --ca a --allow-all           | --target=unix:b: it is not the absolute path
					tunnel server --listen 127.0.0.1:0 --target 192.0.2.1:1 --cert c --ca a --allow-all | --target=192.0.2.1:1: What is sent there has no protection
					tunnel server --listen 127.0.0.1:0 --target b:1 --cert c --ca a --allow-all      | or --unsafe-target
					tunnel client --listen 0.0.0.0:0 --target 127.0.0.1:1 --cert c --ca a            | --listen=0.0.0.0:0: What is sent there has no protection
					tunnel client --listen [::]:0 --target 127.0.0.1:1 --disable-authentication --ca a | or --unsafe-listen
					tunnel client --listen 127.0.0.1:0 --target 127.0.0.1:0 --cert c --ca a          | --target=127.0.0.1:0: Nobody can connect to port 0
					""")
	void wrongUsageIsSaidBeforeAnythingIsRead(String args, String expected) {
		assertFailed(ExitStatus.USAGE, args, expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			TRUSTING --allow-cn a*                   | --allow-cn: cn:a*: '*' is no wildcard
			TRUSTING --allow-cn a --allow-ou b*      | --allow-ou: ou:b*: '*' is no wildcard
			TRUSTING --allow-dns *                   | --allow-dns: dns:*: '*' alone
			TRUSTING --allow-uri spiffe://A          | --allow-uri: spiffe://A:
			TRUSTING --allow-spki a                  | --allow-spki
			TRUSTING --allow-network 10.0.0.1/8      | --allow-network
			TRUSTING --allow-cn a --tls-version 1.1  | --tls-version
			TRUSTING --allow-cn a --max-connections 0   | --max-connections
			TRUSTING --allow-cn a --connect-retries -1  | --connect-retries
			TRUSTING --allow-cn a --idle-timeout 0s     | --idle-timeout
			TRUSTING --allow-cn a --reload-interval 0s  | --reload-interval
			CLIENT OWN --server-check identity       | --server-check
			CLIENT OWN --verify-ip a                 | --verify-ip
			""")
	@ExtendWith(OutputCaptureExtension.class)
	void whatTheApplicationRefusesIsSaidInFlags(String args, String expected, CapturedOutput output) {
		assertFailed(ExitStatus.USAGE, args, expected);
		assertThat(output.getAll()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					tunnel server --listen a:1 --target [::1]:1 --cert DIR/none --ca DIR/ca.crt --allow-all   | --cert=file:DIR/none
					SERVER --ca DIR/none --allow-all                         | --ca=file:DIR/none
					SERVER --ca DIR/garbage --allow-all                      | --ca=file:DIR/garbage
					CLIENT --cert DIR/client.crt --key DIR/server.key        | --key
					TRUSTING --allow-all --log-file DIR/none/a.log           | --log-file=DIR/none/a.log: It cannot be written
					TRUSTING --allow-all --crl DIR/none                      | --crl
					tunnel --config DIR/none                                 | --config=file:DIR/none
					tunnel --config DIR/garbage                              | --config=DIR/garbage: It is no YAML
					tunnel --config DIR/misspelt.yaml                        | mtls.tunels
					tunnel server --config DIR/none                          | --config=file:DIR/none
					""")
	@ExtendWith(OutputCaptureExtension.class)
	void whatCannotBeDoneIsSaidInOneLine(String args, String expected, CapturedOutput output) {
		assertFailed(ExitStatus.FAILED, args, expected);
		assertThat(output.getAll()).isEmpty();
	}

	@Test
	void portInUseIsSaidInOneLine() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String address = "127.0.0.1:" + taken.getLocalPort();
			assertFailed(ExitStatus.FAILED, TRUSTING.replace("127.0.0.1:0", address) + "--allow-all",
					"--listen=" + address);
			assertFailed(ExitStatus.FAILED, TRUSTING + "--allow-all --status " + address, "--status=" + address);
		}
	}

	private static void assertFailed(int status, String args, String expected) {
		StringWriter out = new StringWriter();
		StringWriter err = new StringWriter();
		int actual = Mtls.commandLine(InstantSource.system())
			.setOut(new PrintWriter(out))
			.setErr(new PrintWriter(err))
			.execute(words(args));
		assertThat(err.toString().lines()).as(err.toString())
			.singleElement()
			.asString()
			.startsWith("mtls: ")
			.contains(expected.replace("DIR", directory.toString()));
		assertThat(actual).as(err.toString()).isEqualTo(status);
		assertThat(out.toString()).isEmpty();
	}

	private static String[] words(String args) {
		String all = args.replace("TRUSTING", TRUSTING)
			.replace("SERVER", SERVER)
			.replace("CLIENT", CLIENT)
			.replace("OWN", OWN)
			.replace("DIR", directory.toString());
		List<String> words = new ArrayList<>(List.of(all.trim().split(" +")));
		assertThat(words.get(0)).isEqualTo("tunnel");
		return words.toArray(String[]::new);
	}

}
