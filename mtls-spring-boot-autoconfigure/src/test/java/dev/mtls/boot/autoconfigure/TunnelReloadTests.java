package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import dev.mtls.boot.actuate.TunnelDescriptor;
import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for changes of certificates, trust and rules while tunnels of an application run.
 */
@ExtendWith(OutputCaptureExtension.class)
class TunnelReloadTests extends AbstractTunnelTests {

	@Test
	void reloadWhenCertificateWasReplacedIsForNewSessionsAndKeepsStandingOnes() {
		both((server, client) -> {
			try (Socket standing = open(client)) {
				exchange(standing, "hello");
				TunnelDescriptor.OwnCertificate before = Objects.requireNonNull(described(server).certificate());
				this.files.authority().server().writeTo(this.directory, "server");
				assertThat(serialNumber(server)).isEqualTo(before.serialNumber());
				server.getBean(GateReloader.class).reload();
				assertThat(described(server).generation()).isEqualTo(2);
				TunnelDescriptor.OwnCertificate after = Objects.requireNonNull(described(server).certificate());
				assertThat(after).isNotEqualTo(before);
				assertThat(serialNumber(server)).isEqualTo(after.serialNumber());
				assertThat(exchange(standing, "again")).isEqualTo("again");
				try (Socket socket = open(client)) {
					assertThat(exchange(socket, "hello")).isEqualTo("hello");
				}
			}
		});
	}

	@Test
	void reloadWhenPeerIsRevokedCutsItsSessionWithinASecond(CapturedOutput output) throws IOException {
		Path crl = this.directory.resolve("ca.crl");
		Files.write(crl, this.files.authority().crl());
		TestCertificate revoked = this.files.authority().client("client");
		revoked.writeTo(this.directory, "client");
		both(this.files, new String[] { "mtls.server.revocation.crls=" + crl }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				Files.write(crl, this.files.authority().crl(revoked.certificate()));
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
			Awaitility.await().atMost(BOUND).until(() -> output.getAll().contains("to the client: peer-cut"));
		});
	}

	@Test
	void reloadOfClientWhenAuthorityIsNoLongerTrustedCutsSessionWithinASecond(CapturedOutput output) {
		Path anchor = this.files.authority().writeTo(this.directory, "servers");
		MtlsTestFiles clients = new MtlsTestFiles(this.files.authority(), anchor, this.files.server(),
				this.files.client());
		server().run((server) -> client(clients, server).run((client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				TestAuthority.create().writeTo(this.directory, "servers");
				client.getBean(GateReloader.class).reload();
				RunningTunnel tunnel = client.getBean(TunnelLifecycle.class).tunnel("out");
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel.sessions().isEmpty());
				assertIsClosed(socket);
			}
			Awaitility.await().atMost(BOUND).until(() -> output.getAll().contains("to the client: peer-cut"));
		}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "allowed-clients", "allowed-networks" })
	void reloadWhenRuleIsNoLongerMetCutsSessionWithinASecond(String rule) throws IOException {
		boolean names = rule.equals("allowed-clients");
		Path rules = Files.writeString(this.directory.resolve("rules"), names ? "dns:client\n" : "127.0.0.0/8\n");
		both(this.files, new String[] { "mtls.server.%s=file:%s".formatted(rule, rules) }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				Files.writeString(rules, names ? "dns:other\n" : "192.0.2.0/24\n");
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
		});
	}

	@Test
	void reloadWhenAuthorityIsNoLongerTrustedCutsSessionWithinASecond() {
		both((server, client) -> {
			try (Socket socket = open(client)) {
				assertThat(exchange(socket, "hello")).isEqualTo("hello");
				TestAuthority.create().writeTo(this.directory, "ca");
				server.getBean(GateReloader.class).reload();
				Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> tunnel(server).sessions().isEmpty());
				assertIsClosed(socket);
			}
		});
	}

	// As a peer is shown it
	private String serialNumber(ApplicationContext server) throws IOException {
		SSLContext context = this.files.authority().client("client").sslContext(this.files.authority());
		try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port(server, "in"))) {
			socket.setSoTimeout(10_000);
			X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
			return certificate.getSerialNumber().toString(16);
		}
	}

}
