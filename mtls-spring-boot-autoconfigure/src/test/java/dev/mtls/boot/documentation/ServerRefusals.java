package dev.mtls.boot.documentation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import org.awaitility.Awaitility;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import dev.mtls.decision.Reason;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

/**
 * What a Tomcat logs that refuses clients for a {@link Reason} of which its gate alone
 * does not know.
 */
final class ServerRefusals {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final byte[] UNKNOWN_CA_ALERT = { 21, 3, 3, 0, 2, 2, 48 };

	// A ClientHello of TLS 1.1 with a random and one cipher suite
	private static final byte[] OLD_HELLO = Arrays.copyOf(new byte[] { 22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2 }, 50);

	static {
		byte[] rest = { 0, 0, 2, 0, 47, 1, 0 };
		System.arraycopy(rest, 0, OLD_HELLO, OLD_HELLO.length - rest.length, rest.length);
	}

	private static final byte[] PLAIN_HTTP = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private final TestAuthority authority = TestAuthority.create();

	private final Path directory;

	ServerRefusals(Path directory) {
		this.directory = directory;
	}

	/**
	 * Have the server log a reason in each way that is shown.
	 * @param reason the reason
	 * @return the lines
	 */
	List<String> lines(Reason reason) throws Exception {
		try (ConfigurableApplicationContext context = start(); RecordedLog log = RecordedLog.start(Level.WARN)) {
			int port = Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
			switch (reason) {
				case HANDSHAKE_FAILED -> {
					open(port, UNKNOWN_CA_ALERT, log);
					open(port, new byte[0], log);
					open(port, OLD_HELLO, log);
					open(port, PLAIN_HTTP, log);
				}
				case REQUEST_RATE -> requestTwice(port);
				default -> throw new IllegalArgumentException(reason.code());
			}
			return log.lines();
		}
	}

	private ConfigurableApplicationContext start() {
		PemFiles server = this.authority.server().writeTo(this.directory, "tls");
		return ExampleApplication.start("mtls.server.certificate=" + server.certificate(),
				"mtls.server.private-key=" + server.privateKey(),
				"mtls.server.trust-certificates=" + this.authority.writeTo(this.directory, "client-ca"),
				"mtls.server.rate-limit.permits=1", "mtls.server.rate-limit.burst=1");
	}

	private static void open(int port, byte[] opening, RecordedLog log) throws IOException {
		int before = log.lines().size();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write(opening);
			if (opening.length == 0) {
				socket.shutdownOutput();
			}
			Awaitility.await().atMost(BOUND).until(() -> log.lines().size() > before);
		}
	}

	private void requestTwice(int port) throws Exception {
		HttpClient client = HttpClient.newBuilder()
			.sslContext(this.authority.client("api.example.com").sslContext(this.authority))
			.build();
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:%d/".formatted(port))).build();
		client.send(request, HttpResponse.BodyHandlers.discarding());
		client.send(request, HttpResponse.BodyHandlers.discarding());
	}

}
