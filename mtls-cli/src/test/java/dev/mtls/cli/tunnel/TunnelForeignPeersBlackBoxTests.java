package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of tunnels with {@code curl}, {@code openssl} and a real Redis.
 */
class TunnelForeignPeersBlackBoxTests {

	private static final List<TunnelProcess> processes = new ArrayList<>();

	private static final AtomicInteger requests = new AtomicInteger();

	private static final ExecutorService threads = Executors.newCachedThreadPool();

	@TempDir
	private static Path directory;

	private static @Nullable HttpServer service;

	private static @Nullable ForeignProgram openssl;

	private static @Nullable ForeignProgram redis;

	private static int server;

	private static TunnelProcess client;

	@BeforeAll
	static void start() throws Exception {
		TestAuthority authority = TestAuthority.create();
		authority.server().writeTo(directory, "server");
		authority.client("billing").writeTo(directory, "client");
		authority.client("other").writeTo(directory, "other");
		authority.writeTo(directory, "ca");
		HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
		http.createContext("/", TunnelForeignPeersBlackBoxTests::echo);
		http.setExecutor(threads);
		http.start();
		service = http;
		int redisPort = Loopback.freePort();
		if (ForeignProgram.isInstalled("redis-server")) {
			redis = ForeignProgram.start(directory, "redis-server", "--save", "", "--appendonly", "no", "--bind",
					"127.0.0.1", "--port", String.valueOf(redisPort), "--unixsocket",
					directory.resolve("redis.sock").toString());
			redis.await("Ready to accept connections");
		}
		int opensslPort = 1;
		if (ForeignProgram.isInstalled("openssl")) {
			openssl = ForeignProgram.start(directory, "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
					"server.crt", "-key", "server.key", "-CAfile", "ca.crt", "-Verify", "1", "-verify_return_error",
					"-rev");
			opensslPort = Integer.parseInt(openssl.await("ACCEPT 127\\.0\\.0\\.1:(\\d+)").group(1));
		}
		TunnelProcess servers = start("server.yaml", """
				mtls:
				  server:
				    certificate: file:server.crt
				    private-key: file:server.key
				    trust-certificates: file:ca.crt
				    allowed-clients: cn:billing
				  tunnels:
				    http: { role: server, listen: '127.0.0.1:0', target: '127.0.0.1:%d' }
				    tcp: { role: server, listen: '127.0.0.1:0', target: '127.0.0.1:%d' }
				    unix: { role: server, listen: '127.0.0.1:0', target: 'unix:%s' }
				""".formatted(http.getAddress().getPort(), redisPort, directory.resolve("redis.sock")));
		server = port(servers, "http");
		client = start("client.yaml", """
				mtls:
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  tunnels:
				    http: { role: client, listen: '127.0.0.1:0', target: 'localhost:%d' }
				    tcp: { role: client, listen: '127.0.0.1:0', target: 'localhost:%d' }
				    unix: { role: client, listen: '127.0.0.1:0', target: 'localhost:%d' }
				    openssl: { role: client, listen: '127.0.0.1:0', target: 'localhost:%d' }
				""".formatted(server, port(servers, "tcp"), port(servers, "unix"), opensslPort));
		client.address("openssl");
	}

	@AfterAll
	static void stop() {
		processes.forEach(TunnelProcess::close);
		if (redis != null) {
			redis.close();
		}
		if (openssl != null) {
			openssl.close();
		}
		if (service != null) {
			service.stop(0);
		}
		threads.shutdownNow();
	}

	@Test
	void curlReachesServiceThroughBothTunnels() throws Exception {
		ForeignProgram.require("curl");
		byte[] content = new byte[2 * 1024 * 1024];
		new Random(7).nextBytes(content);
		Files.write(directory.resolve("content"), content);
		String url = "http://127.0.0.1:%d/".formatted(port("http"));
		CommandProcess.Result result = run("curl", "-sS", "--max-time", "50", "--data-binary", "@content", "-o",
				"answer", url, "-o", "second", url);
		assertThat(result.err()).isEmpty();
		assertThat(result.status()).isZero();
		assertThat(directory.resolve("answer")).hasBinaryContent(content);
		assertThat(directory.resolve("second")).hasBinaryContent(content);
	}

	@ParameterizedTest
	@CsvSource({ "client, 1.2, true", "client, 1.3, true", "other, 1.2, false", "other, 1.3, false", ", 1.2, false",
			", 1.3, false" })
	void curlReachesServerWithCertificateThatIsListed(@Nullable String certificate, String version, boolean allowed) {
		ForeignProgram.require("curl");
		List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "50", "--cacert", "ca.crt",
				"--tlsv" + version, "--tls-max", version, "--data", "question"));
		if (certificate != null) {
			command.addAll(List.of("--cert", certificate + ".crt", "--key", certificate + ".key"));
		}
		command.add("https://localhost:%d/".formatted(server));
		int before = requests.get();
		CommandProcess.Result result = run(command.toArray(String[]::new));
		assertThat(result.status() == 0).as(result.err()).isEqualTo(allowed);
		assertThat(result.out()).isEqualTo(allowed ? "question" : "");
		assertThat(requests.get() - before).isEqualTo(allowed ? 1 : 0);
	}

	@ParameterizedTest
	@CsvSource({ "client, -tls1_2, true", "client, -tls1_3, true", "other, -tls1_2, false", "other, -tls1_3, false" })
	void opensslReachesServerWithCertificateThatIsListed(String certificate, String version, boolean allowed)
			throws Exception {
		ForeignProgram.require("openssl");
		int before = requests.get();
		try (ForeignProgram program = ForeignProgram.start(directory, "openssl", "s_client", "-connect",
				"127.0.0.1:" + server, "-servername", "localhost", "-verify_hostname", "localhost",
				"-verify_return_error", "-CAfile", "ca.crt", "-cert", certificate + ".crt", "-key",
				certificate + ".key", version, "-quiet")) {
			try {
				program.write("POST / HTTP/1.0\r\nContent-Length: 8\r\n\r\nquestion");
			}
			catch (IOException ex) {
				assertThat(allowed).as("It reads no more").isFalse();
			}
			program.exitCode();
			assertThat(program.out().contains("200 OK")).as(program.out()).isEqualTo(allowed);
			assertThat(program.out().contains("question")).as(program.out()).isEqualTo(allowed);
		}
		assertThat(requests.get() - before).isEqualTo(allowed ? 1 : 0);
	}

	@Test
	void opensslIsReachedByClient() throws Exception {
		ForeignProgram.require("openssl");
		try (Socket socket = connect("openssl")) {
			send(socket, "noitseuq\n");
			assertThat(read(socket, 9)).isEqualTo("question\n");
		}
	}

	@ParameterizedTest
	@CsvSource({ "tcp", "unix" })
	void redisKeepsValues(String tunnel) throws Exception {
		ForeignProgram.require("redis-server");
		String large = "0123456789".repeat(1024 * 1024);
		try (Socket socket = connect(tunnel)) {
			assertThat(exchange(socket, command("SET", "small", "value"), "+OK\r\n")).isTrue();
			assertThat(exchange(socket, command("GET", "small"), "$5\r\nvalue\r\n")).isTrue();
			assertThat(exchange(socket, command("SET", "large", large), "+OK\r\n")).isTrue();
			assertThat(exchange(socket, command("GET", "large"), "$%d\r\n%s\r\n".formatted(large.length(), large)))
				.isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "tcp", "unix" })
	void redisAnswersCommandsThatAreSentTogether(String tunnel) throws Exception {
		ForeignProgram.require("redis-server");
		StringBuilder commands = new StringBuilder();
		StringBuilder answers = new StringBuilder();
		for (int i = 1; i <= 10_000; i++) {
			commands.append(command("INCR", "counter-" + tunnel));
			answers.append(':').append(i).append("\r\n");
		}
		try (Socket socket = connect(tunnel)) {
			assertThat(exchange(socket, commands.toString(), answers.toString())).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "tcp", "unix" })
	void redisTellsSubscribers(String tunnel) throws Exception {
		ForeignProgram.require("redis-server");
		try (Socket subscriber = connect(tunnel); Socket publisher = connect(tunnel)) {
			assertThat(
					exchange(subscriber, command("SUBSCRIBE", "news"), "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"))
				.isTrue();
			for (String message : List.of("first", "other")) {
				assertThat(exchange(publisher, command("PUBLISH", "news", message), ":1\r\n")).isTrue();
				String expected = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\n%s\r\n".formatted(message);
				assertThat(read(subscriber, expected.length())).isEqualTo(expected);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "tcp", "unix" })
	void redisServesManyAtOnce(String tunnel) {
		ForeignProgram.require("redis-benchmark");
		CommandProcess.Result result = run("redis-benchmark", "-h", "127.0.0.1", "-p", String.valueOf(port(tunnel)),
				"-c", "50", "-n", "2000", "-t", "set,get", "--csv");
		assertThat(result.status()).as(result.err()).isZero();
		assertThat(result.out()).contains("\"SET\",", "\"GET\",");
	}

	private static void echo(HttpExchange exchange) throws IOException {
		requests.incrementAndGet();
		try (exchange) {
			byte[] content = exchange.getRequestBody().readAllBytes();
			exchange.sendResponseHeaders(200, content.length);
			exchange.getResponseBody().write(content);
		}
	}

	private static TunnelProcess start(String file, String content) throws IOException {
		Files.writeString(directory.resolve(file), content);
		TunnelProcess process = TunnelProcess.start(directory, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
				"--config", file);
		processes.add(process);
		return process;
	}

	private static CommandProcess.Result run(String... command) {
		return new CommandProcess(directory).run(List.of(command));
	}

	private static int port(String tunnel) {
		return port(client, tunnel);
	}

	private static int port(TunnelProcess process, String tunnel) {
		String address = process.address(tunnel);
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

	private static Socket connect(String tunnel) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(tunnel));
		socket.setSoTimeout(60_000);
		return socket;
	}

	private static String command(String... words) {
		StringBuilder command = new StringBuilder("*%d\r\n".formatted(words.length));
		for (String word : words) {
			command.append("$%d\r\n%s\r\n".formatted(word.length(), word));
		}
		return command.toString();
	}

	// Not one after the other, as buffers would fill up
	private static boolean exchange(Socket socket, String question, String answer) throws Exception {
		Future<Boolean> sent = threads.submit(() -> {
			send(socket, question);
			return true;
		});
		boolean same = read(socket, answer.length()).equals(answer);
		return sent.get() && same;
	}

	private static void send(Socket socket, String text) throws IOException {
		OutputStream output = socket.getOutputStream();
		output.write(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static String read(Socket socket, int length) throws IOException {
		InputStream input = socket.getInputStream();
		return new String(input.readNBytes(length), StandardCharsets.US_ASCII);
	}

}
