package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.cli.console.ExitStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests several tunnels in one process of {@code mtls tunnel}, and tunnels without
 * authentication.
 */
class TunnelConfigBlackBoxTests {

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
	void processRunsTunnelsOfBothRolesAndUnixDomainSockets() throws Exception {
		int port = Loopback.freePort();
		Path socket = this.directory.resolve("app.sock");
		TunnelProcess process = this.opened.add(this.files.start("tunnel.yaml", """
				server: { role: server, listen: "127.0.0.1:%1$d", target: "%2$s" }
				client: { role: client, listen: "127.0.0.1:0", target: "localhost:%1$d" }
				unix: { role: client, listen: "unix:%3$s", target: "localhost:%1$d" }
				idle: { role: client, enabled: false, listen: "127.0.0.1:0", target: "localhost:%1$d" }
				""".formatted(port, this.service.address(), socket)));
		String address = process.address("client");
		Socket application = this.opened
			.add(Loopback.connect(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))));
		assertThat(Loopback.exchange(application, "hello")).isEqualTo("hello");
		process.address("unix");
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(socket));
			channel.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
			channel.shutdownOutput();
			assertThat(Channels.newInputStream(channel).readAllBytes()).asString().isEqualTo("hello");
		}
		application.close();
		assertThat(process.out()).doesNotContain("[idle] Listens");
		process.signal("TERM");
		assertThat(process.exitCode()).isEqualTo(ExitStatus.OK);
		assertThat(socket).doesNotExist();
		assertThat(process.err()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "--listen=127.0.0.1:0", "--allow-all", "--max-connections=1", "--cert=server.crt",
			"--name=other", "--reload-interval=1s" })
	void flagsOfTunnelAreRefusedBesideFile(String flag) {
		this.files.writeTunnels("tunnel.yaml",
				"tunnel: { role: server, listen: \"127.0.0.1:0\", target: \"127.0.0.1:1\" }\n", "");
		TunnelProcess process = this.opened
			.add(TunnelProcess.start(this.directory, "server", "--config", "tunnel.yaml", flag));
		assertThat(process.exitCode()).isEqualTo(ExitStatus.USAGE);
		assertThat(process.err().lines()).singleElement()
			.asString()
			.startsWith("mtls: ")
			.contains(flag.substring(0, flag.contains("=") ? flag.indexOf('=') : flag.length()));
		assertThat(process.out()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					logging.level.root: LOUD                             | logging.level.root: 'LOUD'
					logging.level.dev.mtls: LOUD                         | logging.level.dev.mtls: 'LOUD'
					logging.file.name: server.crt/tunnel.log             | logging.file.name=server.crt/tunnel.log: It cannot be written
					logging.file.path: server.crt                        | logging.file.path=server.crt/spring.log: It cannot be written
					logging.structured.format.console: xml               | Unknown format 'xml'
					logging: { file.name: tunnel.log, structured.format.file: xml } | Unknown format 'xml'
					logging.pattern.console: "%d{"                       | logging: The log cannot be set up
					logging.pattern.dateformat: bbbb                     | bbbb
					logging.charset.console: none                        | UnsupportedCharsetException: none
					logging: { file.name: tunnel.log, logback.rollingpolicy.max-file-size: big } | [big]
					logging: { file.name: tunnel.log, logback.rollingpolicy.file-name-pattern: log } | [log]
					logging.config: none.xml                             | none.xml
					""")
	void wrongPropertyOfLogIsSaidInOneLine(String property, String expected) {
		this.files.writeTunnels("tunnel.yaml",
				"tunnel: { role: server, listen: \"127.0.0.1:0\", target: \"127.0.0.1:1\" }\n", property + "\n");
		TunnelProcess process = this.opened.add(TunnelProcess.start(this.directory, "--config", "tunnel.yaml"));
		assertThat(process.exitCode()).isEqualTo(ExitStatus.FAILED);
		assertThat(process.err().lines()).as(process.err())
			.singleElement()
			.asString()
			.startsWith("mtls: logging")
			.contains(expected);
		assertThat(process.out()).isEmpty();
	}

	@Test
	void warningOfConfigurationOfLogIsWritten() {
		this.files.write("logback.xml", """
				<configuration>
				  <nonsense/>
				  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
				    <encoder><pattern>%msg%n</pattern></encoder>
				  </appender>
				  <root level="info"><appender-ref ref="console"/></root>
				</configuration>
				""");
		this.files.writeTunnels("tunnel.yaml",
				"tunnel: { role: server, listen: \"127.0.0.1:0\", target: \"127.0.0.1:1\" }\n",
				"logging.config: logback.xml\n");
		TunnelProcess process = this.opened.add(TunnelProcess.start(this.directory, "--config", "tunnel.yaml"));
		process.awaitOut("] Listens at ");
		assertThat(process.err()).contains("nonsense");
	}

	@Test
	void directoryOfLogIsMade() throws Exception {
		TunnelProcess process = this.opened.add(this.files.start("tunnel.yaml",
				"tunnel: { role: server, listen: \"127.0.0.1:0\", target: \"127.0.0.1:1\" }\n",
				"logging.file.name: logs/tunnel.log\n"));
		assertThat(this.directory.resolve("logs/tunnel.log")).content().contains("Listens at");
		assertThat(process.err()).isEmpty();
	}

	@Test
	void statusHasTheCertificateOfTheFirstTunnelThatHasOne() throws Exception {
		int status = Loopback.freePort();
		this.files.writeTunnels("tunnel.yaml",
				"""
						off: { role: server, enabled: false, listen: "127.0.0.1:0", target: "127.0.0.1:1" }
						bare: { role: client, client: bare, disable-authentication: true, listen: "127.0.0.1:0", target: "localhost:1" }
						web: { role: server, listen: "127.0.0.1:0", target: "127.0.0.1:1" }
						""",
				"mtls.clients.bare.trust-certificates: file:ca.crt\n");
		TunnelProcess process = this.opened
			.add(TunnelProcess.listening(this.directory, "--config", "tunnel.yaml", "--status", "127.0.0.1:" + status));
		SSLContext trusting = this.files.authority().sslContext();
		Socket socket = this.opened.add(Loopback.connect(status, trusting));
		assertThat(socket.isConnected()).isTrue();
		assertThat(process.err()).isEmpty();
	}

	@Test
	void nobodyIsAskedForCertificateWhenBothSidesSaySo() throws Exception {
		TunnelProcess server = this.opened.add(TunnelProcess.listening(this.directory, "server", "--listen",
				"127.0.0.1:0", "--target", this.service.address(), "--cert", "server.crt", "--disable-authentication"));
		TunnelProcess client = this.opened.add(TunnelProcess.listening(this.directory, "client", "--listen",
				"127.0.0.1:0", "--target", "localhost:" + server.port(), "--ca", "ca.crt", "--disable-authentication"));
		Socket application = this.opened.add(Loopback.connect(client.port()));
		assertThat(Loopback.exchange(application, "hello")).isEqualTo("hello");
		application.close();
		server.awaitOut("with no peer ended after");
		client.awaitOut("with peer localhost ended after");
		assertThat(server.err()).isEmpty();
		assertThat(client.err()).isEmpty();
	}

	@Test
	void clientWithoutCertificateIsRefusedByServerThatAsksForOne() throws Exception {
		TunnelProcess process = this.opened.add(this.files.start("tunnel.yaml", """
				server: { role: server, listen: "127.0.0.1:0", target: "%s" }
				""".formatted(this.service.address())));
		TunnelProcess client = this.opened
			.add(TunnelProcess.listening(this.directory, "client", "--listen", "127.0.0.1:0", "--target",
					"localhost:" + process.port(), "--ca", "ca.crt", "--disable-authentication"));
		Socket application = this.opened.add(Loopback.connect(client.port()));
		assertThat(isRefused(application)).isTrue();
		process.awaitOut("Refused a peer");
		assertThat(this.service.accepted()).isZero();
	}

	private static boolean isRefused(Socket socket) {
		try {
			return Loopback.exchange(socket, "x").isEmpty();
		}
		catch (IOException ex) {
			return true;
		}
	}

}
