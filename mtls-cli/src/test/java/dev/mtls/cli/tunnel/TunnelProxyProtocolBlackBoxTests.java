package dev.mtls.cli.tunnel;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@code --proxy-protocol}: its bytes, and nginx and HAProxy which read them.
 */
class TunnelProxyProtocolBlackBoxTests {

	private static final int BOUND_MILLIS = 60_000;

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate billing = authority
		.client((request) -> request.subject("CN=b\u00fccher,OU=billing"));

	private static final List<AutoCloseable> open = new ArrayList<>();

	@TempDir
	private static Path directory;

	private static ServerSocket service;

	private static TunnelProcess tunnels;

	private static TunnelProcess unauthenticated;

	@BeforeAll
	static void start() throws Exception {
		authority.server().writeTo(directory, "server");
		authority.client("app").writeTo(directory, "client");
		authority.writeTo(directory, "ca");
		service = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		service.setSoTimeout(BOUND_MILLIS);
		open.add(service);
		Files.writeString(directory.resolve("tunnels.yaml"), """
				mtls:
				  server:
				    certificate: file:server.crt
				    private-key: file:server.key
				    trust-certificates: file:ca.crt
				    allowed-clients: ou:billing
				  client:
				    certificate: file:client.crt
				    private-key: file:client.key
				    trust-certificates: file:ca.crt
				  tunnels:
				    v4: { role: server, proxy-protocol: true, listen: '127.0.0.1:0', target: '127.0.0.1:%1$d' }
				%5$s
				    nginx: { role: server, proxy-protocol: true, listen: '127.0.0.1:0', target: '127.0.0.1:%2$d' }
				    haproxy: { role: server, proxy-protocol: true, listen: '127.0.0.1:0', target: '127.0.0.1:%3$d' }
				    none: { role: server, listen: '127.0.0.1:0', target: '127.0.0.1:%1$d' }
				    unix: { role: client, proxy-protocol: true, listen: 'unix:%4$s', target: 'localhost:%6$d' }
				    plain: { role: client, proxy-protocol: true, listen: '127.0.0.1:0', target: 'localhost:%6$d' }
				""".formatted(service.getLocalPort(), nginx(), haproxy(), directory.resolve("client.sock"),
				EchoService.hasIpv6()
						? "    v6: { role: server, proxy-protocol: true, listen: '[::1]:0', target: '127.0.0.1:%d' }"
							.formatted(service.getLocalPort())
						: "",
				tlsService()));
		tunnels = start("--config", "tunnels.yaml");
		unauthenticated = start("server", "--listen", "127.0.0.1:0", "--target", "127.0.0.1:" + service.getLocalPort(),
				"--cert", "server.crt", "--disable-authentication", "--proxy-protocol");
		tunnels.address("plain");
	}

	@AfterAll
	static void stop() throws Exception {
		for (AutoCloseable each : open) {
			each.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2", "TLSv1.3" })
	void headerTellsAddressesAndCertificate(String protocol) throws Exception {
		try (SSLSocket client = connect("127.0.0.1", port(tunnels, "v4"), billing.sslContext(authority), protocol)) {
			send(client, "question");
			try (Socket accepted = accept()) {
				DataInputStream input = new DataInputStream(accepted.getInputStream());
				ProxyHeaderBytes header = ProxyHeaderBytes.read(input);
				assertThat(header.family()).isEqualTo(0x11);
				assertThat(header.source()).isEqualTo("127.0.0.2 " + client.getLocalPort());
				assertThat(header.destination()).isEqualTo("127.0.0.1 " + client.getPort());
				assertThat(header.values()).containsOnlyKeys(0x20);
				assertThat(header.verified()).isZero();
				assertThat(header.tlsBits()).isEqualTo(0b111);
				assertThat(header.tls()).containsOnlyKeys(0x21, 0x22, 0x23, 0x28);
				assertThat(header.tlsText(0x21)).isEqualTo(protocol);
				assertThat(header.tlsText(0x22)).isEqualTo("b\u00fccher");
				assertThat(header.tlsText(0x23)).isEqualTo(client.getSession().getCipherSuite());
				assertThat(header.tls().get(0x28)).isEqualTo(billing.certificate().getEncoded());
				assertThat(input.readNBytes(8)).asString().isEqualTo("question");
			}
		}
	}

	@Test
	void headerComesBeforeClientHasSentAnything() throws Exception {
		try (SSLSocket client = connect("127.0.0.1", port(tunnels, "v4"), billing.sslContext(authority), "TLSv1.3");
				Socket accepted = accept()) {
			assertThat(ProxyHeaderBytes.read(new DataInputStream(accepted.getInputStream())).source())
				.isEqualTo("127.0.0.2 " + client.getLocalPort());
			accepted.getOutputStream().write('a');
			assertThat(client.getInputStream().read()).isEqualTo('a');
		}
	}

	@Test
	void headerTellsAddressesOfIpv6() throws Exception {
		assumeTrue(EchoService.hasIpv6(), "There is no IPv6 on loopback");
		try (SSLSocket client = connect("::1", port(tunnels, "v6"), billing.sslContext(authority), "TLSv1.3");
				Socket accepted = accept()) {
			ProxyHeaderBytes header = ProxyHeaderBytes.read(new DataInputStream(accepted.getInputStream()));
			assertThat(header.family()).isEqualTo(0x21);
			assertThat(header.source()).isEqualTo("0:0:0:0:0:0:0:1 " + client.getLocalPort());
			assertThat(header.destination()).isEqualTo("0:0:0:0:0:0:0:1 " + client.getPort());
			assertThat(header.tlsText(0x22)).isEqualTo("b\u00fccher");
		}
	}

	@Test
	void headerOfClientWithoutCertificateNamesNone() throws Exception {
		try (SSLSocket client = connect("127.0.0.1", port(unauthenticated, "tunnel"), authority.sslContext(),
				"TLSv1.3"); Socket accepted = accept()) {
			ProxyHeaderBytes header = ProxyHeaderBytes.read(new DataInputStream(accepted.getInputStream()));
			assertThat(header.source()).isEqualTo("127.0.0.2 " + client.getLocalPort());
			assertThat(header.tlsBits()).isEqualTo(0b001);
			assertThat(header.verified()).isNotZero();
			assertThat(header.tls()).containsOnlyKeys(0x21, 0x23);
		}
	}

	@Test
	void withoutItTargetReceivesWhatClientSendsAlone() throws Exception {
		try (SSLSocket client = connect("127.0.0.1", port(tunnels, "none"), billing.sslContext(authority), "TLSv1.3")) {
			send(client, "question");
			try (Socket accepted = accept()) {
				assertThat(accepted.getInputStream().readNBytes(8)).asString().isEqualTo("question");
			}
		}
	}

	@Test
	void headerOfPlainClientTellsAddresses() throws Exception {
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(tunnels, "plain"))) {
			client.setSoTimeout(BOUND_MILLIS);
			ProxyHeaderBytes header = ProxyHeaderBytes.read(new DataInputStream(client.getInputStream()));
			assertThat(header.family()).isEqualTo(0x11);
			assertThat(header.source()).isEqualTo("127.0.0.1 " + client.getLocalPort());
			assertThat(header.destination()).isEqualTo("127.0.0.1 " + client.getPort());
			assertThat(header.values()).isEmpty();
		}
	}

	@Test
	void headerOfClientAtUnixDomainSocketTellsNoAddress() throws Exception {
		byte[] expected = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a21000000");
		try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			client.connect(UnixDomainSocketAddress.of(directory.resolve("client.sock")));
			assertThat(Channels.newInputStream(client).readNBytes(expected.length)).isEqualTo(expected);
		}
	}

	@Test
	void nginxReadsAddress() throws Exception {
		ForeignProgram.require("nginx");
		assertThat(get("nginx")).contains("from 127.0.0.2 to 127.0.0.1");
	}

	@Test
	void haproxyReadsAddress() throws Exception {
		ForeignProgram.require("haproxy");
		assertThat(get("haproxy")).contains("from 127.0.0.2 to 127.0.0.1");
	}

	private static String get(String tunnel) throws Exception {
		try (SSLSocket client = connect("127.0.0.1", port(tunnels, tunnel), billing.sslContext(authority), "TLSv1.3")) {
			send(client, "GET / HTTP/1.0\r\n\r\n");
			return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	private static int nginx() throws IOException {
		int port = Loopback.freePort();
		if (ForeignProgram.isInstalled("nginx")) {
			Files.writeString(directory.resolve("nginx.conf"), """
					daemon off;
					master_process off;
					error_log stderr notice;
					pid %1$s/nginx.pid;
					events { }
					http {
					  access_log off;
					  client_body_temp_path %1$s/body;
					  proxy_temp_path %1$s/proxy;
					  fastcgi_temp_path %1$s/fastcgi;
					  uwsgi_temp_path %1$s/uwsgi;
					  scgi_temp_path %1$s/scgi;
					  server {
					    listen 127.0.0.1:%2$d proxy_protocol;
					    return 200 "from $proxy_protocol_addr to $proxy_protocol_server_addr";
					  }
					}
					""".formatted(directory, port));
			open.add(ForeignProgram.start(directory, "nginx", "-e", "stderr", "-c",
					directory.resolve("nginx.conf").toString()));
			awaitPort(port);
		}
		return port;
	}

	private static int haproxy() throws IOException {
		int port = Loopback.freePort();
		if (ForeignProgram.isInstalled("haproxy")) {
			Files.writeString(directory.resolve("haproxy.cfg"), """
					defaults
					  mode http
					  timeout connect 60s
					  timeout client 60s
					  timeout server 60s
					frontend clients
					  bind 127.0.0.1:%d accept-proxy
					  http-request return status 200 content-type text/plain lf-string "from %%[src] to %%[dst]"
					""".formatted(port));
			open.add(ForeignProgram.start(directory, "haproxy", "-db", "-f", "haproxy.cfg"));
			awaitPort(port);
		}
		return port;
	}

	private static int tlsService() {
		TlsService target = new TlsService(authority.server().sslContext(authority));
		open.add(target);
		return target.port();
	}

	private static void awaitPort(int port) throws IOException {
		long deadline = System.nanoTime() + BOUND_MILLIS * 1_000_000L;
		boolean listens = false;
		while (!listens) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				listens = socket.isConnected();
			}
			catch (IOException ex) {
				if (System.nanoTime() > deadline) {
					throw ex;
				}
				Thread.onSpinWait();
			}
		}
	}

	private static SSLSocket connect(String host, int port, SSLContext context, String protocol) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(host.equals("127.0.0.1") ? "127.0.0.2" : host, 0));
		socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), BOUND_MILLIS);
		SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
		client.setSoTimeout(BOUND_MILLIS);
		client.setEnabledProtocols(new String[] { protocol });
		client.startHandshake();
		return client;
	}

	private static Socket accept() throws IOException {
		Socket accepted = service.accept();
		accepted.setSoTimeout(BOUND_MILLIS);
		return accepted;
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static TunnelProcess start(String... args) {
		TunnelProcess process = TunnelProcess.start(directory, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
				args);
		open.add(process);
		return process;
	}

	private static int port(TunnelProcess process, String tunnel) {
		String address = process.address(tunnel);
		return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
	}

}
