package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests what processes of {@code mtls tunnel} log, and where.
 */
class TunnelLogBlackBoxTests {

	private static final Pattern LINE = Pattern.compile("[0-9-]{10}T[0-9:.]{12}\\S* +(DEBUG|INFO|WARN|ERROR) .*");

	@TempDir
	private Path directory;

	private TunnelFiles files;

	private PlainService service;

	@AutoClose
	private final Opened opened = new Opened();

	@BeforeEach
	void writeFiles() {
		this.files = new TunnelFiles(this.directory);
		this.service = this.opened.add(PlainService.echo());
	}

	@Test
	void lineTellsOfSession() throws Exception {
		TunnelProcess server = server("--allow-cn", "billing", "--log-file", "tunnel.log");
		String client = use(server, this.files.client());
		server.awaitOut("ended after");
		assertThat(server.out().lines().filter((line) -> line.contains("] Session "))).singleElement()
			.asString()
			.matches(
					".*\\[tunnel] Session [0-9]+ of client %s to target %s with peer billing ended after [0-9]+ ms, with 5 bytes to the target and 5 to the client: complete"
						.formatted(client, this.service.address()));
		assertThat(server.out().lines()).allMatch((line) -> LINE.matcher(line).matches());
		assertThat(Files.readAllLines(this.directory.resolve("tunnel.log")))
			.hasSameSizeAs(server.out().lines().toList())
			.last()
			.asString()
			.contains(" ended after ");
		assertThat(server.err()).isEmpty();
	}

	@Test
	void logFileThatIsThereIsContinued() throws Exception {
		Path file = Files.writeString(this.directory.resolve("tunnel.log"), "of before\n");
		server("--allow-cn", "billing", "--log-file", "tunnel.log");
		assertThat(file).content().startsWith("of before\n").contains("Listens at");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--verbose", "--debug" })
	void moreIsLoggedWhenAskedFor(String flag) throws Exception {
		TunnelProcess server = server("--allow-cn", "billing", flag);
		use(server, this.files.client());
		server.awaitOut("ended after");
		assertThat(server.out()).contains(" began", "Admitted billing", " DEBUG ")
			.doesNotContain("PRIVATE KEY", "hello");
		assertThat(server.out().contains("io.netty")).isEqualTo(flag.equals("--debug"));
		assertThat(server.err()).isEmpty();
	}

	@Test
	void structuredLinesAreJson() throws Exception {
		TunnelProcess server = TunnelProcess.start(this.directory, "server", "--listen", "127.0.0.1:0", "--target",
				this.service.address(), "--cert", "server.crt", "--ca", "ca.crt", "--allow-cn", "billing",
				"--log-format", "ecs", "--log-file", "tunnel.log");
		this.opened.add(server);
		server.awaitOut("] Listens at ");
		use(server, this.files.client());
		server.awaitOut("ended after");
		assertThat(server.out().lines()).allSatisfy(TunnelLogBlackBoxTests::parse)
			.allMatch((line) -> line.contains("\"@timestamp\":"));
		assertThat(Files.readAllLines(this.directory.resolve("tunnel.log"))).isNotEmpty()
			.allSatisfy(TunnelLogBlackBoxTests::parse);
		assertThat(server.err()).isEmpty();
	}

	@Test
	void namesOfPeersBreakNoLines() throws Exception {
		String name = "a\n2026-01-01T00:00:00.000Z  INFO forged\r\u001b[31m\u2028\u202Eb";
		TestCertificate forged = this.files.authority().client((request) -> request.commonName(name));
		TunnelProcess server = server("--allow-all", "--verbose");
		assertThatIOException().isThrownBy(() -> use(server, forged));
		server.awaitOut("Refused a peer");
		assertThat(server.out().lines()).allMatch((line) -> LINE.matcher(line).matches())
			.noneMatch((line) -> line.startsWith("2026-01-01"));
		assertThat(server.out()).contains("forged").doesNotContain("\u001b", "\u2028", "\u202E", "\r");
		assertThat(server.err()).isEmpty();
	}

	@Test
	void logFileIsRotated() throws Exception {
		TunnelProcess server = this.opened.add(this.files.start("tunnel.yaml", """
				tunnel: { role: server, listen: "127.0.0.1:0", target: "%s" }
				""".formatted(this.service.address()), """
				logging:
				  file.name: tunnel.log
				  logback.rollingpolicy:
				    max-file-size: 2KB
				    file-name-pattern: "tunnel.%d{yyyy-MM-dd}.%i.log"
				  level.dev.mtls: debug
				"""));
		Loopback.await(() -> {
			use(server, this.files.client());
			return rotated();
		}, () -> "The log is not rotated: " + server.out());
		assertThat(server.err()).isEmpty();
	}

	private boolean rotated() throws IOException {
		try (Stream<Path> logs = Files.list(this.directory)) {
			return logs.filter((file) -> file.getFileName().toString().endsWith(".log")).count() > 1;
		}
	}

	private TunnelProcess server(String... args) {
		List<String> all = new ArrayList<>(List.of("server", "--listen", "127.0.0.1:0", "--target",
				this.service.address(), "--cert", "server.crt", "--ca", "ca.crt"));
		all.addAll(List.of(args));
		return this.opened.add(TunnelProcess.listening(this.directory, all.toArray(String[]::new)));
	}

	private String use(TunnelProcess server, TestCertificate certificate) throws IOException {
		try (Socket socket = Loopback.connect(server.port(), certificate.sslContext(this.files.authority()))) {
			assertThat(Loopback.exchange(socket, "hello")).isEqualTo("hello");
			socket.shutdownOutput();
			assertThat(Loopback.isEnded(socket)).isTrue();
			return "127.0.0.1:" + socket.getLocalPort();
		}
	}

	private static void parse(String line) {
		try (JsonParser parser = JsonFactory.builder().build().createParser(ObjectReadContext.empty(), line)) {
			while (parser.nextToken() != null) {
				assertThat(parser.hasCurrentToken()).isTrue();
			}
		}
	}

}
