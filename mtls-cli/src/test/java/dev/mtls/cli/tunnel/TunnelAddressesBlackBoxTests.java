package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for tunnels with Unix domain sockets and IPv6 on their plain sides.
 */
class TunnelAddressesBlackBoxTests {

	private static final List<AutoCloseable> open = new ArrayList<>();

	@TempDir
	private static Path directory;

	private static TunnelProcess clients;

	private static EchoService unix;

	private static EchoService ipv6;

	@BeforeAll
	static void start() throws Exception {
		TestAuthority authority = TestAuthority.create();
		authority.server().writeTo(directory, "server");
		authority.client("billing").writeTo(directory, "client");
		authority.writeTo(directory, "ca");
		String host = EchoService.hasIpv6() ? "::1" : "127.0.0.1";
		String listen = EchoService.hasIpv6() ? "[::1]:0" : "127.0.0.1:0";
		unix = EchoService.at(directory.resolve("service.sock"));
		ipv6 = EchoService.at(host);
		open.add(unix);
		open.add(ipv6);
		TunnelProcess servers = start("server.yaml", """
				mtls:
				  server:
				    certificate: file:server.crt
				    private-key: file:server.key
				    trust-certificates: file:ca.crt
				    allowed-clients: cn:billing
				  tunnels:
				    unix: { role: server, listen: '%1$s', target: '%2$s' }
				    ipv6: { role: server, listen: '%1$s', target: '%3$s' }
				""".formatted(listen, unix.address(), ipv6.address()));
		leaveSocketFile("client.sock");
		clients = start("client.yaml", """
				mtls:
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  tunnels:
				    unix: { role: client, listen: 'unix:%1$s', target: '%2$s' }
				    ended: { role: client, listen: 'unix:%3$s', target: '%2$s' }
				    ipv6: { role: client, listen: '%4$s', target: '%5$s' }
				""".formatted(directory.resolve("client.sock"), servers.address("unix"), directory.resolve("new.sock"),
				listen, servers.address("ipv6")));
		clients.address("ipv6");
	}

	@AfterAll
	static void stop() throws Exception {
		for (AutoCloseable each : open) {
			each.close();
		}
	}

	@Test
	void unixDomainSocketsAreOnBothPlainSidesAndAFileThatWasLeftGivesWay() throws Exception {
		int before = unix.connections();
		assertThat(exchange(directory.resolve("client.sock"), "question")).isEqualTo("question");
		assertThat(exchange(directory.resolve("new.sock"), "question")).isEqualTo("question");
		assertThat(unix.connections()).isEqualTo(before + 2);
	}

	@Test
	void outputThatAClientOfUnixDomainSocketEndsIsEndedAtTheTarget() throws Exception {
		try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			client.connect(UnixDomainSocketAddress.of(directory.resolve("client.sock")));
			client.write(ByteBuffer.wrap("question".getBytes(StandardCharsets.US_ASCII)));
			client.shutdownOutput();
			assertThat(Channels.newInputStream(client).readAllBytes()).asString().isEqualTo("question");
		}
	}

	@Test
	void ipv6IsOnBothPlainSides() throws Exception {
		assumeTrue(EchoService.hasIpv6(), "There is no IPv6 on loopback");
		String address = clients.address("ipv6");
		assertThat(address).startsWith("[::1]:");
		int before = ipv6.connections();
		try (Socket socket = new Socket(InetAddress.getByName(address.substring(1, address.indexOf(']'))),
				Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)))) {
			assertThat(TlsCaller.isEchoed(socket)).isTrue();
			socket.shutdownOutput();
			clients.awaitOut(" of client [::1]:%d to target [::1]:".formatted(socket.getLocalPort()));
		}
		assertThat(ipv6.connections()).isEqualTo(before + 1);
	}

	@Test
	void socketFilesAreRemovedAtTheEnd() throws Exception {
		Path socket = directory.resolve("ends.sock");
		Files.writeString(directory.resolve("ends.yaml"), """
				mtls:
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  tunnels:
				    ends: { role: client, listen: 'unix:%s', target: 'localhost:1' }
				""".formatted(socket));
		try (TunnelProcess process = TunnelProcess.listening(directory, "--config", "ends.yaml")) {
			assertThat(socket).exists();
			process.signal("TERM");
			assertThat(process.exitCode()).isEqualTo(ExitStatus.OK);
			assertThat(process.err()).isEmpty();
		}
		assertThat(socket).doesNotExist();
	}

	@Test
	void fileThatIsNoSocketStays() throws Exception {
		Path file = Files.writeString(directory.resolve("notes.txt"), "notes");
		startAt("unix:" + file).assertFailed(ExitStatus.FAILED, "--listen", file.toString(), "no socket");
		assertThat(file).hasContent("notes");
	}

	@Test
	void linkThatIsNoSocketStays() throws Exception {
		leaveSocketFile("left.sock");
		Path link = Files.createSymbolicLink(directory.resolve("link.sock"), directory.resolve("left.sock"));
		startAt("unix:" + link).assertFailed(ExitStatus.FAILED, "--listen", link.toString(), "no socket");
		assertThat(link).isSymbolicLink();
		assertThat(directory.resolve("left.sock")).exists();
	}

	@Test
	void socketThatIsListenedAtStays() throws Exception {
		Path socket = directory.resolve("client.sock");
		startAt("unix:" + socket).assertFailed(ExitStatus.FAILED, "--listen", socket.toString(), "in use");
		assertThat(exchange(socket, "question")).isEqualTo("question");
	}

	@Test
	void pathThatIsTooLongForASocketIsSaid() {
		startAt("unix:" + directory.resolve("long".repeat(40) + ".sock")).assertFailed(ExitStatus.USAGE, "--listen");
	}

	private static CommandProcess.Result startAt(String listen) {
		return new CommandProcess(directory).mtls("tunnel", "client", "--listen", listen, "--target", "localhost:1",
				"--cert", "client.crt", "--ca", "ca.crt");
	}

	private static String exchange(Path socket, String text) throws IOException {
		try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			client.connect(UnixDomainSocketAddress.of(socket));
			client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
			return new String(Channels.newInputStream(client).readNBytes(text.length()), StandardCharsets.US_ASCII);
		}
	}

	private static void leaveSocketFile(String name) throws IOException {
		try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			left.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
		}
		assertThat(directory.resolve(name)).exists();
	}

	private static TunnelProcess start(String file, String content) throws IOException {
		Files.writeString(directory.resolve(file), content);
		TunnelProcess process = TunnelProcess.start(directory, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
				"--config", file);
		open.add(process);
		return process;
	}

}
