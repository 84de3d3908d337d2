package dev.mtls.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.identity.PeerIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for who gets in by {@link MtlsContext#connect} and {@link MtlsListener#accept}.
 */
@Timeout(60)
class MtlsConnectionAdmissionTests {

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void identitiesAreSeenOnBothSides(String protocol) throws Exception {
		Events events = new Events();
		try (MtlsContext server = Parties.builder(Parties.SERVER).onEvent(events).build();
				MtlsListener listener = server.listen("127.0.0.1:0");
				MtlsContext client = Parties.builder(Parties.ALICE)
					.minimumTls(protocol)
					.maximumTls(protocol)
					.onEvent(events)
					.build();
				MtlsConnection connected = client.connect(Parties.target(listener));
				MtlsConnection accepted = listener.accept()) {
			assertThat(connected.peerIdentity()).isEqualTo(PeerIdentity.of(Parties.SERVER.certificate()));
			assertThat(accepted.peerIdentity()).isEqualTo(PeerIdentity.of(Parties.ALICE.certificate()));
			assertThat(connected.remoteAddress().getPort()).isEqualTo(listener.port());
			assertThat(accepted.remoteAddress().getAddress()).isEqualTo(Parties.loopback());
			assertThat(List.of(connected.tlsSession(), accepted.tlsSession())).allSatisfy((session) -> {
				assertThat(session.protocol()).isEqualTo(protocol);
				assertThat(session.resumed()).isFalse();
				assertThat(session.handshakeTime()).isPositive();
			});
			assertThat(List.of(events.await(MtlsEvent.PeerAdmitted.class).gate(),
					events.await(MtlsEvent.PeerAdmitted.class).gate()))
				.containsExactlyInAnyOrder("client", "server");
			Parties.send(connected, "hello");
			assertThat(Parties.receive(accepted, 5)).isEqualTo("hello");
			Parties.send(accepted, "world");
			assertThat(Parties.receive(connected, 5)).isEqualTo("world");
		}
	}

	@ParameterizedTest
	@MethodSource
	void serverRefusesClient(IssuedCertificate client, UnaryOperator<MtlsContextBuilder> rules, Reason reason)
			throws Exception {
		try (EchoServer server = EchoServer.start(rules);
				MtlsContext context = Parties.builder(client).maximumTls("TLSv1.3").build()) {
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
				try (MtlsConnection connection = context.connect(server.target())) {
					Parties.assertPing(connection);
				}
			}).matches((ex) -> ex instanceof IOException || ex instanceof MtlsException);
			assertThat(server.events.awaitRefusal()).isEqualTo(reason);
			assertThat(server.context.serverGate().connections()).isEmpty();
		}
	}

	static List<Arguments> serverRefusesClient() {
		UnaryOperator<MtlsContextBuilder> names = (builder) -> builder.allowedNames("dns:alice.example.com");
		return List.of(refused(Parties.OTHER_ROOT.issue(Parties.client("alice").build()), names, Reason.ISSUER_UNKNOWN),
				refused(Parties.ROOT.issue(Parties.client("bob").build()), names, Reason.IDENTITY_NOT_ALLOWED),
				refused(lookAlike("alice.example.com.evil.io"), names, Reason.IDENTITY_NOT_ALLOWED),
				refused(lookAlike("xalice.example.com"), names, Reason.IDENTITY_NOT_ALLOWED),
				refused(lookAlike("alice-example.com"), names, Reason.IDENTITY_NOT_ALLOWED),
				refused(Parties.ALICE, (builder) -> builder.allowedNetworks("10.0.0.0/8"), Reason.ADDRESS_NOT_ALLOWED),
				refused(Parties.ALICE, (builder) -> builder.pins("spki-sha256:" + "A".repeat(43) + "="),
						Reason.PIN_MISMATCH),
				refused(Parties.ROOT.issue(CertificateRequest.server("alice.example.com").build()), names,
						Reason.KEY_USAGE_WRONG));
	}

	@Test
	void serverWhenCertificateHasExpiredRefuses() throws Exception {
		Instant end = Instant.now().minus(Duration.ofMinutes(5));
		IssuedCertificate expired = Parties.ROOT
			.issue(Parties.client("alice").notBefore(end.minus(Duration.ofHours(1))).notAfter(end).build());
		try (EchoServer server = EchoServer.start(); Socket socket = Parties.tls(expired, server.listener)) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				socket.getOutputStream().write(1);
				socket.getInputStream().read();
			});
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void serverWhenClientHasNoCertificateRefuses(String protocol) throws Exception {
		try (EchoServer server = EchoServer.start();
				MtlsContext client = Parties.anonymous().minimumTls(protocol).maximumTls(protocol).build()) {
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
				try (MtlsConnection connection = client.connect(server.target())) {
					Parties.assertPing(connection);
				}
			});
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_MISSING);
		}
	}

	@Test
	void serverWhenCertificateIsNotRequiredTakesClientWithoutOrWithAllowedOne() throws Exception {
		try (EchoServer server = EchoServer
			.start((builder) -> builder.requireClientCertificate(false).allowedNames("dns:alice.example.com"));
				MtlsContext anonymous = Parties.anonymous().serverCheck(ServerCheck.HOSTNAME).build();
				MtlsContext alice = Parties.builder(Parties.ALICE).build();
				MtlsContext bob = Parties.builder(Parties.ROOT.issue(Parties.client("bob").build())).build()) {
			try (MtlsConnection connection = alice.connect(server.target())) {
				Parties.assertPing(connection);
			}
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				try (MtlsConnection connection = bob.connect(server.target())) {
					Parties.assertPing(connection);
				}
			});
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
			try (MtlsConnection connection = anonymous.connect(server.target())) {
				Parties.assertPing(connection);
			}
		}
		try (EchoServer server = EchoServer.start((builder) -> builder.requireClientCertificate(false));
				MtlsContext anonymous = Parties.anonymous().build();
				MtlsConnection connection = anonymous.connect(server.target())) {
			Parties.assertPing(connection);
			assertThat(server.events.await(MtlsEvent.PeerAdmitted.class).identity()).isNull();
		}
	}

	@Test
	void peerIdentityOfClientWithoutCertificateIsNull() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).requireClientCertificate(false).build();
				MtlsListener listener = server.listen("127.0.0.1:0");
				MtlsContext client = Parties.anonymous().build();
				MtlsConnection connected = client.connect(Parties.target(listener));
				MtlsConnection accepted = listener.accept()) {
			assertThat(accepted.peerIdentity()).isNull();
			assertThat(connected.peerIdentity()).isNotNull();
		}
	}

	@Test
	void serverWhenAddressIsNotAllowedResetsBeforeTls() throws Exception {
		try (EchoServer server = EchoServer.start((builder) -> builder.allowedNetworks("10.0.0.0/8"));
				Socket socket = Parties.plain(server.listener)) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read())
				.withMessageContaining("reset");
			assertThat(server.events.awaitRefusal()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
		}
	}

	@Test
	void serverWhenLimitIsReachedRefuses() throws Exception {
		try (EchoServer server = EchoServer.start((builder) -> builder.limits(new ConnectionLimits(1, 10, 10, 100)));
				MtlsContext client = Parties.builder(Parties.ALICE).build()) {
			try (MtlsConnection connection = client.connect(server.target())) {
				Parties.assertPing(connection);
				assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> client.connect(server.target()));
				assertThat(server.events.awaitRefusal()).isEqualTo(Reason.CONNECTION_LIMIT);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "localhost, HOSTNAME, '', ", "127.0.0.1, HOSTNAME, '', ", "localhost, HOSTNAME, dns:localhost, ",
			"localhost, HOSTNAME, dns:other, IDENTITY_NOT_ALLOWED", "localhost, BOTH, dns:localhost, ",
			"localhost, BOTH, dns:other, IDENTITY_NOT_ALLOWED", "localhost, IDENTITY, dns:localhost, ",
			"localhost, IDENTITY, dns:other, IDENTITY_NOT_ALLOWED" })
	void clientChecksServer(String host, ServerCheck check, String name, Reason refusal) throws Exception {
		try (EchoServer server = EchoServer.start(); MtlsContext client = client(check, name)) {
			assertConnects(client, host, server, refusal);
		}
	}

	@ParameterizedTest
	@CsvSource({ "localhost, HOSTNAME, '', HOST_NAME_MISMATCH", "127.0.0.1, HOSTNAME, '', HOST_NAME_MISMATCH",
			"localhost, BOTH, dns:other.example.com, HOST_NAME_MISMATCH",
			"localhost, IDENTITY, dns:other.example.com, ", "127.0.0.1, IDENTITY, dns:other.example.com, ",
			"localhost, IDENTITY, dns:localhost, IDENTITY_NOT_ALLOWED" })
	void clientWhenServerHasOtherNameChecksServer(String host, ServerCheck check, String name, Reason refusal)
			throws Exception {
		IssuedCertificate other = Parties.ROOT.issue(CertificateRequest.server("other.example.com").build());
		try (EchoServer server = EchoServer.start(other, UnaryOperator.identity());
				MtlsContext client = client(check, name)) {
			assertConnects(client, host, server, refusal);
		}
	}

	@Test
	void clientWhenServerIsOfOtherAuthorityRefuses() throws Exception {
		IssuedCertificate stranger = Parties.OTHER_ROOT.issue(CertificateRequest.server("localhost").build());
		Events events = new Events();
		try (EchoServer server = EchoServer.start(stranger, UnaryOperator.identity());
				MtlsContext client = Parties.builder(Parties.ALICE).onEvent(events).build()) {
			assertConnects(client, "localhost", server, Reason.ISSUER_UNKNOWN);
			assertThat(events.awaitRefusal()).isEqualTo(Reason.ISSUER_UNKNOWN);
			assertThat(client.clientGate().connections()).isEmpty();
		}
	}

	@Test
	void clientWhenAddressIsNotAllowedSendsNothing() throws Exception {
		try (EchoServer server = EchoServer.start();
				MtlsContext client = Parties.builder(Parties.ALICE).allowedNetworks("10.0.0.0/8").build()) {
			assertConnects(client, "localhost", server, Reason.ADDRESS_NOT_ALLOWED);
			assertConnects(client, "127.0.0.1", server, Reason.ADDRESS_NOT_ALLOWED);
			assertThat(server.context.serverGate().connections()).isEmpty();
		}
	}

	@Test
	void clientTriesAllowedAddressesOnly() throws Exception {
		// localhost is ::1 as well on many machines, and nobody listens there
		try (EchoServer server = EchoServer.start();
				MtlsContext client = Parties.builder(Parties.ALICE).allowedNetworks("127.0.0.0/8").build();
				MtlsConnection connection = client.connect(server.target())) {
			Parties.assertPing(connection);
		}
	}

	private static MtlsContext client(ServerCheck check, String name) {
		MtlsContextBuilder builder = Parties.builder(Parties.ALICE).serverCheck(check);
		return (name.isEmpty() ? builder : builder.allowedNames(name)).build();
	}

	private static void assertConnects(MtlsContext client, String host, EchoServer server, Reason refusal)
			throws IOException {
		if (refusal != null) {
			Parties.assertRefused(() -> client.connect(host, server.listener.port()), refusal);
			return;
		}
		try (MtlsConnection connection = client.connect(host, server.listener.port())) {
			Parties.assertPing(connection);
		}
	}

	private static Arguments refused(IssuedCertificate client, UnaryOperator<MtlsContextBuilder> rules, Reason reason) {
		return Arguments.of(client, rules, reason);
	}

	private static IssuedCertificate lookAlike(String dnsName) {
		return Parties.ROOT.issue(CertificateRequest.client("alice").dns(dnsName).build());
	}

}
