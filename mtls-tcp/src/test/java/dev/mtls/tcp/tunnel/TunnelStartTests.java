package dev.mtls.tcp.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for where tunnels listen and connect to, and for those that do not start.
 */
class TunnelStartTests {

	private final TunnelSite site = new TunnelSite();

	@TempDir
	private Path directory;

	@AfterEach
	void close() throws IOException {
		this.site.close();
	}

	@Test
	void unixDomainSocketsStandOnBothPlainSides() throws IOException {
		Path front = this.directory.resolve("front.sock");
		Path back = this.directory.resolve("back.sock");
		try (ServerSocketChannel service = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			service.bind(UnixDomainSocketAddress.of(back));
			RunningTunnel server = this.site.start(this.site.server(TunnelAddress.ofTarget("unix:" + back)));
			RunningTunnel client = this.site
				.start(this.site.client(server).listen(TunnelAddress.ofListener("unix:" + front)));
			assertThat(client.address()).hasToString("unix:" + front);
			try (SocketChannel app = SocketChannel.open(UnixDomainSocketAddress.of(front))) {
				app.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
				app.shutdownOutput();
				try (SocketChannel accepted = service.accept()) {
					assertThat(readAll(accepted)).isEqualTo("hello");
					accepted.write(ByteBuffer.wrap("answer".getBytes(StandardCharsets.US_ASCII)));
				}
				assertThat(readAll(app)).isEqualTo("answer");
			}
			TunnelSession ended = this.site.end("client");
			assertThat(ended.end()).isEqualTo(SessionEnd.COMPLETE);
			assertThat(ended.client()).isEqualTo("unix");
			Site.end(client.close());
			assertThat(front).doesNotExist();
		}
	}

	@Test
	void unixDomainSocketIsRefusedWithoutNativeTransport() {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		try {
			MtlsTunnel tunnel = this.site.server(TunnelAddress.ofTarget("unix:" + this.directory.resolve("app.sock")));
			assertThat(failure(tunnel.runOn((useNative) -> group)).reason()).isEqualTo(Reason.ENGINE_UNSUPPORTED);
			PlainServer service = this.site.echo();
			RunningTunnel server = this.site
				.start(this.site.server(TunnelSite.loopback(service.port())).runOn((useNative) -> group));
			assertThat(TunnelSite.exchange(this.site.connect(this.site.start(this.site.client(server))), "hello"))
				.isEqualTo("hello");
			Site.end(server.close(Duration.ZERO));
		}
		finally {
			group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
		}
	}

	@Test
	void socketThatNobodyListensAtMakesWay() throws IOException {
		Path path = this.directory.resolve("stale.sock");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path)).close();
		assertThat(path).exists();
		RunningTunnel tunnel = this.site.start(client(TunnelAddress.ofListener("unix:" + path)));
		assertThat(tunnel.isListening()).isTrue();
	}

	@Test
	void socketThatSomebodyListensAtStays() throws IOException {
		Path path = this.directory.resolve("live.sock");
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));
			assertThat(failure(client(TunnelAddress.ofListener("unix:" + path))).reason())
				.isEqualTo(Reason.BIND_FAILED);
			try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
				assertThat(socket.isConnected()).isTrue();
			}
		}
	}

	@Test
	void fileThatIsNoSocketStays() throws IOException {
		Path path = Files.writeString(this.directory.resolve("file"), "precious");
		MtlsException failure = failure(client(TunnelAddress.ofListener("unix:" + path)));
		assertThat(failure.reason()).isEqualTo(Reason.BIND_FAILED);
		assertThat(failure.problem()).contains("no socket");
		assertThat(path).hasContent("precious");
	}

	@Test
	void ipv6AddressesStandOnBothSides() throws IOException {
		try (ServerSocket service = new ServerSocket(0, 1, loopbackV6())) {
			TunnelAddress target = TunnelAddress.ofTarget("[::1]:" + service.getLocalPort());
			RunningTunnel server = this.site
				.start(this.site.server(target).listen(TunnelAddress.ofListener("[::1]:0")));
			assertThat(server.address().toString()).startsWith("[").contains("1]:");
			Gate gate = this.site.site().clientGate("app");
			int port = ((TunnelAddress.Internet) server.address()).hostAndPort().port();
			RunningTunnel client = this.site.start(MtlsTunnel.create(gate)
				.name("client")
				.listen(TunnelAddress.ofListener("[::1]:0"))
				.target(TunnelAddress.ofTarget("[::1]:" + port))
				.serverName("localhost"));
			int entrance = ((TunnelAddress.Internet) client.address()).hostAndPort().port();
			try (Socket socket = new Socket(loopbackV6(), entrance)) {
				TunnelSite.send(socket, "hello");
				service.setSoTimeout(10_000);
				try (Socket accepted = service.accept()) {
					assertThat(TunnelSite.read(accepted, 5)).isEqualTo("hello");
				}
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1:80,127.0.0.1:80", "example.com:80,localhost:80", "[2001:db8::1]:80,[::1]:80" })
	void plainSideThatLeavesThisMachineHasToBeAllowed(String remote, String local) {
		Gate server = this.site.site().serverGate();
		Gate client = this.site.site().clientGate("app");
		assertThat(
				failure(MtlsTunnel.create(server).listen(TunnelSite.loopback(0)).target(TunnelAddress.ofTarget(remote)))
					.fix())
			.contains("unsafe-target");
		assertThat(failure(MtlsTunnel.create(client)
			.listen(TunnelAddress.ofListener(remote))
			.target(TunnelAddress.ofTarget(local))).fix()).contains("unsafe-listen");
		assertThat(this.site
			.start(MtlsTunnel.create(server)
				.listen(TunnelSite.loopback(0))
				.target(TunnelAddress.ofTarget(remote))
				.unsafeTarget())
			.isListening()).isTrue();
	}

	@Test
	void tlsSideIsNoUnixDomainSocket() {
		TunnelAddress unix = TunnelAddress.ofListener("unix:" + this.directory.resolve("tls.sock"));
		assertThat(
				failure(MtlsTunnel.create(this.site.site().serverGate()).listen(unix).target(TunnelSite.loopback(80)))
					.reason())
			.isEqualTo(Reason.CONFIGURATION_INVALID);
	}

	@Test
	void gateThatWantsCertificatesIsNotDisabled() {
		assertThat(failure(this.site.server(TunnelSite.loopback(80)).disableAuthentication()).reason())
			.isEqualTo(Reason.CONFIGURATION_CONFLICT);
	}

	@Test
	void missingAddressIsNamed() {
		assertThat(failure(MtlsTunnel.create(this.site.site().serverGate()).target(TunnelSite.loopback(80))).place())
			.contains("listen");
	}

	@Test
	void portThatIsTakenIsNamed() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			PlainServer service = this.site.echo();
			MtlsException failure = failure(this.site.server(TunnelSite.loopback(service.port()))
				.listen(TunnelSite.loopback(taken.getLocalPort())));
			assertThat(failure.reason()).isEqualTo(Reason.BIND_FAILED);
			assertThat(failure.place()).contains(":" + taken.getLocalPort());
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 0, 24 * 24 * 3600 * 1000L })
	void timeoutsOutOfRangeAreRefused(long millis) {
		Duration wrong = Duration.ofMillis(millis);
		Duration right = Duration.ofSeconds(1);
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new TunnelTimeouts(wrong, right, null, null, right));
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new TunnelTimeouts(right, wrong, null, null, right));
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new TunnelTimeouts(right, right, wrong, null, right));
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new TunnelTimeouts(right, right, null, wrong, right));
	}

	private MtlsTunnel client(TunnelAddress listen) {
		return this.site.client(this.site.site().clientGate("app"), TunnelSite.loopback(80)).listen(listen);
	}

	private static MtlsException failure(MtlsTunnel tunnel) {
		return (MtlsException) Site.failure(tunnel.start());
	}

	private static InetAddress loopbackV6() throws IOException {
		return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString("::1"));
	}

	private static String readAll(SocketChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(1024);
		while (channel.read(buffer) >= 0) {
			assertThat(buffer.hasRemaining()).isTrue();
		}
		return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
	}

}
