package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the sessions of tunnels of an application.
 */
class TunnelApplicationTests extends AbstractTunnelTests {

	@Test
	void sessionWhenPeerIsOfAnotherAuthorityNeverReachesTheTarget() {
		PemFiles stranger = TestAuthority.create().client("client").writeTo(this.directory, "stranger");
		MtlsTestFiles other = new MtlsTestFiles(this.files.authority(), this.files.anchor(), this.files.server(),
				stranger);
		both(other, new String[0], (server, client) -> {
			try (Socket socket = open(client)) {
				assertIsClosed(socket);
			}
			assertThat(tunnel(server).totalSessions()).isZero();
			assertThat(this.service.accepted()).isZero();
		});
	}

	@Test
	void sessionWhenAuthenticationIsDisabledOnBothSidesPassesOn() {
		new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues("mtls.server.enabled=false",
					"mtls.server.certificate=" + this.files.server().certificate(),
					"mtls.server.private-key=" + this.files.server().privateKey(), "mtls.tunnels.in.role=server",
					"mtls.tunnels.in.listen=127.0.0.1:0", "mtls.tunnels.in.target=" + this.service.address(),
					"mtls.tunnels.in.disable-authentication=true")
			.run((server) -> new ApplicationContextRunner().withConfiguration(configurations())
				.withPropertyValues("mtls.client.trust-certificates=" + this.files.anchor(),
						"mtls.tunnels.out.role=client", "mtls.tunnels.out.listen=127.0.0.1:0",
						"mtls.tunnels.out.target=localhost:" + port(server, "in"),
						"mtls.tunnels.out.disable-authentication=true")
				.run((client) -> {
					try (Socket socket = open(client)) {
						assertThat(exchange(socket, "hello")).isEqualTo("hello");
						assertThat(tunnel(server).sessions()).singleElement()
							.satisfies((session) -> assertThat(session.peer()).isNull());
					}
				}));
	}

	@Test
	void sessionWhenServerAsksForNoCertificateHasNoPeer() {
		new ApplicationContextRunner().withConfiguration(configurations())
			.withPropertyValues("mtls.server.enabled=false",
					"mtls.server.certificate=" + this.files.server().certificate(),
					"mtls.server.private-key=" + this.files.server().privateKey(), "mtls.tunnels.in.role=server",
					"mtls.tunnels.in.listen=127.0.0.1:0", "mtls.tunnels.in.target=" + this.service.address(),
					"mtls.tunnels.in.disable-authentication=true")
			.run((server) -> client(this.files, server).run((client) -> {
				try (Socket socket = open(client)) {
					assertThat(exchange(socket, "hello")).isEqualTo("hello");
					assertThat(tunnel(server).sessions()).singleElement()
						.satisfies((session) -> assertThat(session.peer()).isNull());
				}
			}));
	}

	@Test
	void sessionWhenServerHasNotTheNameThatIsAskedForNeverBegins() {
		server().run((server) -> client(this.files, server)
			.withPropertyValues("mtls.tunnels.out.server-name=other.example.com")
			.run((client) -> {
				try (Socket socket = open(client)) {
					assertIsClosed(socket);
				}
				assertThat(this.service.accepted()).isZero();
			}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.server.allowed-clients=dns:other", "mtls.server.allowed-networks=192.0.2.0/24",
			"mtls.server.pins=spki-sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" })
	void sessionWhenRuleOfServerIsNotMetNeverReachesTheTarget(String rule) {
		both(this.files, new String[] { rule }, (server, client) -> {
			try (Socket socket = open(client)) {
				assertIsClosed(socket);
			}
			assertThat(tunnel(server).totalSessions()).isZero();
			assertThat(this.service.accepted()).isZero();
		});
	}

	@Test
	void sessionWhenTargetComesUpLaterIsPassedOnByRetries() throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		String[] properties = { "mtls.tunnels.in.target=127.0.0.1:" + port, "mtls.tunnels.in.retry.first-delay=20ms",
				"mtls.tunnels.in.retry.max-delay=100ms" };
		both(this.files, properties, (server, client) -> {
			try (Socket socket = open(client)) {
				send(socket, "hello");
				Awaitility.await().atMost(BOUND).until(() -> tunnel(server).totalSessions() == 1);
				try (ServerSocket late = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
					late.setSoTimeout(10_000);
					try (Socket accepted = late.accept()) {
						accepted.setSoTimeout(10_000);
						assertThat(read(accepted, 5)).isEqualTo("hello");
					}
				}
			}
		});
	}

}
