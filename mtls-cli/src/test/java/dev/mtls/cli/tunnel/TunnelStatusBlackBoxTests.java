package dev.mtls.cli.tunnel;

import java.io.InputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what a process of {@code mtls tunnel} with {@code --status} serves.
 */
class TunnelStatusBlackBoxTests {

	@TempDir
	static Path directory;

	private static TunnelFiles files;

	private static PlainService service;

	private static PlainService held;

	private static TunnelProcess process;

	private static int status;

	@BeforeAll
	static void start() {
		files = new TunnelFiles(directory);
		service = PlainService.echo();
		held = PlainService.held();
		files.writeTunnels("tunnel.yaml", """
				web: { role: server, listen: "127.0.0.1:0", target: "%s" }
				out: { role: client, listen: "127.0.0.1:0", target: "localhost:1" }
				talk: { role: server, listen: "127.0.0.1:0", target: "%s" }
				""".formatted(service.address(), held.address()), "mtls.reload.interval: 1d\n");
		status = Loopback.freePort();
		process = TunnelProcess.listening(directory, "--config", "tunnel.yaml", "--status", "127.0.0.1:" + status);
		Loopback.await(() -> get("/health").status() == 200, () -> process.out() + process.err());
	}

	@AfterAll
	static void stop() throws Exception {
		process.close();
		service.close();
		held.close();
		assertThat(process.err()).isEmpty();
	}

	@Test
	void healthIsUp() throws Exception {
		assertThat(get("/health").body()).startsWith("{").contains("\"status\":\"UP\"");
		assertThat(get("/health/liveness").body()).contains("\"status\":\"UP\"");
		assertThat(get("/health/readiness").body()).contains("\"status\":\"UP\"");
	}

	@Test
	void metersMoveWithSessions() throws Exception {
		double active = meter("mtls_tunnel_sessions_active_sessions{tunnel=\"web\"}");
		double bytes = meter("mtls_tunnel_bytes_total{direction=\"to-target\",tunnel=\"web\"}");
		double ended = meter("mtls_tunnel_sessions_seconds_count{end=\"complete\",tunnel=\"web\"}");
		try (Socket socket = connect()) {
			assertThat(Loopback.exchange(socket, "0123456789")).isEqualTo("0123456789");
			assertThat(meter("mtls_tunnel_sessions_active_sessions{tunnel=\"web\"}")).isEqualTo(active + 1);
			assertThat(meter("mtls_tunnel_bytes_total{direction=\"to-target\",tunnel=\"web\"}")).isEqualTo(bytes + 10);
			socket.shutdownOutput();
			assertThat(Loopback.isEnded(socket)).isTrue();
		}
		Loopback.await(() -> meter("mtls_tunnel_sessions_active_sessions{tunnel=\"web\"}") == active,
				() -> "The session has not ended");
		assertThat(meter("mtls_tunnel_sessions_seconds_count{end=\"complete\",tunnel=\"web\"}")).isEqualTo(ended + 1);
		assertThat(get("/metrics").body()).doesNotContain("billing");
	}

	@Test
	void bytesAreCountedByDirection() throws Exception {
		try (Socket socket = connect("talk"); Socket target = held.take()) {
			Loopback.send(socket, "abc");
			assertThat(Loopback.read(target, 3)).isEqualTo("abc");
			Loopback.send(target, "0123456");
			assertThat(Loopback.read(socket, 7)).isEqualTo("0123456");
			assertThat(meter("mtls_tunnel_bytes_total{direction=\"to-target\",tunnel=\"talk\"}")).isEqualTo(3);
			assertThat(meter("mtls_tunnel_bytes_total{direction=\"to-client\",tunnel=\"talk\"}")).isEqualTo(7);
			String body = get("/_status").body();
			assertThat(body.substring(body.indexOf("\"talk\""))).containsSubsequence("\"bytesToTarget\":3",
					"\"bytesToClient\":7", "\"web\"");
		}
		process.awaitOut("with 3 bytes to the target and 7 to the client");
	}

	@Test
	void statusDescribesTunnelsWithoutPeers() throws Exception {
		try (Socket socket = connect()) {
			assertThat(Loopback.exchange(socket, "x")).isEqualTo("x");
			String body = get("/_status").body();
			assertThat(body).startsWith("{\"tunnels\":{\"out\":{")
				.contains("\"web\":{\"role\":\"server\"", "\"listen\":\"" + process.address("web") + "\"",
						"\"target\":\"" + service.address() + "\"", "\"connections\":1", "\"totalSessions\":",
						"\"bytesToTarget\":", "\"bytesToClient\":", "\"startedAt\":\"", "\"generation\":",
						"\"serialNumber\":\"", "\"notAfter\":\"");
			assertThat(body.substring(body.indexOf("\"web\""))).doesNotContain("billing");
		}
	}

	@Test
	void certificateIsTheCurrentOne() throws Exception {
		TestCertificate renewed = files.authority().server();
		renewed.writeTo(directory, "server");
		process.signal("HUP");
		process.awaitOut("Reloaded, generation 2 begins");
		Loopback.await(() -> presented().equals(renewed.certificate().getSerialNumber()),
				() -> "The certificate is not the renewed one: " + process.out());
		assertThat(get("/_status").body()).contains(renewed.certificate().getSerialNumber().toString(16));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/env", "/actuator", "/actuator/env", "/shutdown", "/heapdump", "/loggers", "/mtls",
			"/beans", "/configprops", "/info", "/metrics/jvm.info", "/health/mtlsTunnels/x", "/error" })
	void nothingElseIsServed(String path) throws Exception {
		assertThat(get(path).status()).isEqualTo(404);
	}

	private static Socket connect() throws Exception {
		return connect("web");
	}

	private static Socket connect(String tunnel) throws Exception {
		String address = process.address(tunnel);
		return Loopback.connect(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
				files.clientContext());
	}

	private static BigInteger presented() throws Exception {
		try (SSLSocket socket = Loopback.connect(status, files.authority().sslContext())) {
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
		}
	}

	private static double meter(String name) throws Exception {
		String body = get("/metrics").body();
		Matcher matcher = Pattern.compile("(?m)^%s ([0-9.E]+)$".formatted(Pattern.quote(name))).matcher(body);
		assertThat(matcher.find()).as(body).isTrue();
		return Double.parseDouble(matcher.group(1));
	}

	private static Answer get(String path) throws Exception {
		HttpsURLConnection connection = (HttpsURLConnection) URI
			.create("https://localhost:%d%s".formatted(status, path))
			.toURL()
			.openConnection();
		connection.setSSLSocketFactory(files.authority().sslContext().getSocketFactory());
		connection.setReadTimeout((int) Loopback.BOUND.toMillis());
		int code = connection.getResponseCode();
		if (code >= 400) {
			return new Answer(code, "");
		}
		try (InputStream body = connection.getInputStream()) {
			return new Answer(code, new String(body.readAllBytes(), StandardCharsets.UTF_8));
		}
	}

	/**
	 * An answer over HTTPS.
	 *
	 * @param status the status code
	 * @param body the text
	 */
	private record Answer(int status, String body) {

	}

}
