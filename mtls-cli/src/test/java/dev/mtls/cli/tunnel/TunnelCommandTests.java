package dev.mtls.cli.tunnel;

import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Tests for {@link TunnelCommand} as a process: what is read, signals, and what
 * {@code --status} serves.
 */
class TunnelCommandTests {

	private static final int BOUND_MILLIS = 10_000;

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	@BeforeEach
	void writeFiles() throws Exception {
		this.authority.server().writeTo(this.directory, "server");
		this.authority.client("billing").writeTo(this.directory, "client");
		Files.writeString(this.directory.resolve("ca.crt"), this.authority.anchorPem());
	}

	@Test
	void bytesPassThroughClientAndServer() throws Exception {
		try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				TunnelProcess server = server("--target", "127.0.0.1:" + service.getLocalPort());
				TunnelProcess client = TunnelProcess.listening(this.directory, "client", "--listen", "127.0.0.1:0",
						"--target", "localhost:" + server.port(), "--cert", "client.crt", "--ca", "ca.crt");
				Socket application = new Socket(InetAddress.getLoopbackAddress(), client.port())) {
			service.setSoTimeout(BOUND_MILLIS);
			application.setSoTimeout(BOUND_MILLIS);
			try (Socket accepted = service.accept()) {
				accepted.setSoTimeout(BOUND_MILLIS);
				OutputStream out = application.getOutputStream();
				out.write("question".getBytes(StandardCharsets.UTF_8));
				application.shutdownOutput();
				assertThat(accepted.getInputStream().readAllBytes()).asString().isEqualTo("question");
				accepted.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
			}
			assertThat(application.getInputStream().readAllBytes()).asString().isEqualTo("answer");
			server.awaitOut("with 8 bytes to the target and 6 to the client");
		}
	}

	@ParameterizedTest
	@CsvSource({ "HUP, TERM", "USR1, INT" })
	void signalsReloadAndEnd(String reload, String end) throws Exception {
		try (TunnelProcess server = server("--target", "127.0.0.1:1", "--reload-interval", "1d")) {
			assumeFalse(end.equals("INT") && server.ignoresInterrupts(),
					"SIGINT is ignored, as in a shell's background");
			this.authority.server().writeTo(this.directory, "server");
			server.signal(reload);
			server.awaitOut("SIG%s asks for a reload".formatted(reload));
			server.awaitOut("Reloaded, generation 2 begins");
			server.signal(end);
			assertThat(server.exitCode()).as(server.out()).isEqualTo(ExitStatus.OK);
			assertThat(server.err()).isEmpty();
		}
	}

	@Test
	void statusServesHealthMetricsAndSessionsOnly() throws Exception {
		try (TunnelProcess server = server("--target", "127.0.0.1:1", "--status", "127.0.0.1:0", "--debug")) {
			server.awaitOut("Netty started on port ");
			Matcher port = Pattern.compile("Netty started on port (\\d+)").matcher(server.out());
			assertThat(port.find()).isTrue();
			String address = "https://localhost:%s".formatted(port.group(1));
			assertThat(get(address + "/health")).contains("\"status\":\"UP\"");
			assertThat(get(address + "/health/liveness")).contains("\"status\":\"UP\"");
			assertThat(get(address + "/metrics")).contains("# TYPE mtls_tunnel");
			assertThat(get(address + "/_status")).contains("\"listen\":\"127.0.0.1:" + server.port());
			assertThat(get(address + "/env")).isEqualTo("404");
			assertThat(get(address + "/mtls")).isEqualTo("404");
			assertThat(get(address + "/")).isEqualTo("404");
		}
	}

	@Test
	void fileHoldsAnyNumberOfTunnels() throws Exception {
		Files.writeString(this.directory.resolve("tunnel.yaml"), """
				mtls:
				  server:
				    certificate: file:server.crt
				    private-key: file:server.key
				    trust-certificates: file:ca.crt
				    allowed-clients: cn:billing
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  tunnels:
				    one:
				      role: server
				      listen: 127.0.0.1:0
				      target: 127.0.0.1:1
				    two:
				      role: client
				      listen: unix:%s
				      target: localhost:1
				""".formatted(this.directory.resolve("two.sock")));
		try (TunnelProcess process = TunnelProcess.listening(this.directory, "--config", "tunnel.yaml")) {
			assertThat(process.address("one")).startsWith("127.0.0.1:");
			assertThat(process.address("two")).isEqualTo("unix:" + this.directory.resolve("two.sock"));
			process.signal("TERM");
			assertThat(process.exitCode()).isEqualTo(ExitStatus.OK);
			assertThat(process.err()).isEmpty();
		}
	}

	@Test
	void environmentChangesNothingThatFlagsDescribe() throws Exception {
		Files.writeString(this.directory.resolve("application.yaml"), "mtls.server.allowed-clients: cn:other\n");
		try (TunnelProcess server = server("--target", "127.0.0.1:1")) {
			assertThat(server.isAlive()).isTrue();
			server.awaitOut("allows peers by 1 rules");
		}
	}

	@Test
	void systemPropertiesChangeNothingThatFlagsDescribe() {
		try (TunnelProcess server = TunnelProcess.start(this.directory,
				List.of("-Dmtls.server.allowed-networks=192.0.2.0/24"), "server", "--listen", "127.0.0.1:0", "--target",
				"127.0.0.1:1", "--cert", "server.crt", "--ca", "ca.crt", "--allow-cn", "billing")) {
			server.awaitOut("allows peers by 1 rules from any address");
		}
	}

	private TunnelProcess server(String... args) {
		String[] all = new String[args.length + 9];
		String[] first = { "server", "--listen", "127.0.0.1:0", "--cert", "server.crt", "--ca", "ca.crt", "--allow-cn",
				"billing" };
		System.arraycopy(first, 0, all, 0, first.length);
		System.arraycopy(args, 0, all, first.length, args.length);
		return TunnelProcess.listening(this.directory, all);
	}

	private String get(String address) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		store.setCertificateEntry("ca", this.authority.anchor());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		HttpsURLConnection connection = (HttpsURLConnection) URI.create(address).toURL().openConnection();
		connection.setSSLSocketFactory(context.getSocketFactory());
		connection.setConnectTimeout(BOUND_MILLIS);
		connection.setReadTimeout(BOUND_MILLIS);
		return (connection.getResponseCode() == HttpURLConnection.HTTP_OK)
				? new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
				: String.valueOf(connection.getResponseCode());
	}

}
