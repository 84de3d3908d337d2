package dev.mtls.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for listeners and connections that negotiate less than their {@link MtlsContext}
 * allows.
 */
@Timeout(60)
class MtlsContextProfileTests {

	private static final String AES_128 = "TLS_AES_128_GCM_SHA256";

	private static final String AES_256 = "TLS_AES_256_GCM_SHA384";

	private static final TlsProfile NARROW = new TlsProfile(List.of("TLSv1.3"), List.of(AES_256), List.of());

	private final EchoServer server = EchoServer.start();

	private final MtlsContext client = Parties.builder(Parties.ALICE).build();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256" })
	void listenWhenProfileIsNarrowerRefusesPeerThatPlainListenerTakes(String protocol, String suite)
			throws IOException {
		try (MtlsListener narrow = this.server.context.listen("127.0.0.1:0", NARROW);
				SSLSocket refused = Parties.tls(Parties.ALICE, narrow);
				SSLSocket taken = Parties.tls(Parties.ALICE, this.server.listener)) {
			restrict(refused, protocol, suite);
			assertThatExceptionOfType(SSLException.class).isThrownBy(refused::startHandshake);
			assertThat(this.server.events.awaitRefusal()).isEqualTo(Reason.HANDSHAKE_FAILED);
			restrict(taken, protocol, suite);
			assertEchoes(taken);
			assertThat(taken.getSession().getCipherSuite()).isEqualTo(suite);
		}
	}

	@Test
	void listenWhenProfileIsNarrowerNegotiatesThat() throws IOException {
		try (MtlsListener narrow = this.server.context.listen("127.0.0.1:0", NARROW);
				MtlsConnection connected = this.client.connect(Parties.target(narrow));
				MtlsConnection accepted = narrow.accept()) {
			assertNarrow(connected.tlsSession());
			assertNarrow(accepted.tlsSession());
		}
	}

	@Test
	void connectWhenProfileIsNarrowerNegotiatesThat() throws IOException {
		try (MtlsConnection connected = this.client.connect(this.server.target(), NARROW)) {
			Parties.assertPing(connected);
			assertNarrow(connected.tlsSession());
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256" })
	void connectWhenProfileIsNarrowerRefusesServerThatPlainConnectTakes(String protocol, String suite)
			throws IOException {
		TlsProfile profile = new TlsProfile(List.of(protocol), List.of(suite), List.of());
		try (MtlsListener listener = this.server.context.listen("127.0.0.1:0", profile)) {
			Parties.assertRefused(() -> this.client.connect(Parties.target(listener), NARROW), Reason.HANDSHAKE_FAILED);
			try (MtlsConnection connected = this.client.connect(Parties.target(listener))) {
				assertThat(connected.tlsSession().cipherSuite()).isEqualTo(suite);
			}
		}
	}

	@Test
	void connectWhenProfileIsNarrowerResumesNoSessionOfAnotherCipherSuite() throws IOException {
		assertThat(plainSession().cipherSuite()).isEqualTo(AES_128);
		assertThat(plainSession().resumed()).isTrue();
		TlsSession narrow = pinged(this.client.connect(this.server.target(), NARROW));
		assertNarrow(narrow);
		assertThat(narrow.resumed()).isFalse();
		TlsSession again = pinged(this.client.connect(this.server.target(), NARROW));
		assertNarrow(again);
		assertThat(again.resumed()).isTrue();
	}

	@Test
	void listenWhenProfileIsNarrowerResumesNoSessionOfAnotherCipherSuite() throws IOException {
		try (MtlsListener narrow = this.server.context.listen("127.0.0.1:0", NARROW)) {
			SSLContext peer = peer();
			long first = session(peer, this.server.listener, AES_128);
			assertThat(session(peer, this.server.listener, AES_128)).isEqualTo(first);
			try (SSLSocket socket = socket(peer, narrow)) {
				socket.startHandshake();
				assertThat(socket.getSession().getCipherSuite()).isEqualTo(AES_256);
				assertThat(socket.getSession().getCreationTime()).isNotEqualTo(first);
			}
		}
	}

	@Test
	void profileThatAllowsMoreThanContextIsRefused() {
		try (MtlsContext strict = Parties.builder(Parties.SERVER).minimumTls("TLSv1.3").build()) {
			assertConflict(() -> strict.listen("127.0.0.1:0", TlsProfile.defaults()));
			assertConflict(() -> strict.connect(this.server.target(), TlsProfile.defaults()));
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_20, disabledReason = "This JDK cannot restrict named groups")
	void listenWhenNamedGroupsAreNarrowerRefusesPeerThatPlainListenerTakes() throws IOException {
		TlsProfile x25519 = new TlsProfile(List.of("TLSv1.3"), List.of(AES_256), List.of("x25519"));
		TlsProfile secp256r1 = new TlsProfile(List.of("TLSv1.3"), List.of(AES_256), List.of("secp256r1"));
		try (MtlsListener narrow = this.server.context.listen("127.0.0.1:0", x25519)) {
			Parties.assertRefused(() -> this.client.connect(Parties.target(narrow), secp256r1),
					Reason.HANDSHAKE_FAILED);
			assertNarrow(pinged(this.client.connect(this.server.target(), secp256r1)));
			try (MtlsConnection connected = this.client.connect(Parties.target(narrow), x25519)) {
				assertNarrow(connected.tlsSession());
			}
		}
	}

	private TlsSession plainSession() throws IOException {
		return pinged(this.client.connect(this.server.target()));
	}

	// What can be resumed comes after the handshake, before the answer
	private static TlsSession pinged(MtlsConnection connection) throws IOException {
		try (connection) {
			Parties.assertPing(connection);
			return connection.tlsSession();
		}
	}

	private static SSLContext peer() {
		KeyMaterial key = KeyMaterial.of("test", Parties.ALICE.privateKey(), Parties.ALICE.chain());
		return SslContexts.create(key, (presented) -> new Decision.Allow("test"), List.of());
	}

	// The same host and port for every listener, so that it offers what it can resume
	private static SSLSocket socket(SSLContext peer, MtlsListener listener) throws IOException {
		return (SSLSocket) peer.getSocketFactory().createSocket(Parties.plain(listener), "localhost", 1, true);
	}

	private static long session(SSLContext peer, MtlsListener listener, String suite) throws IOException {
		try (SSLSocket socket = socket(peer, listener)) {
			assertEchoes(socket);
			assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
			return socket.getSession().getCreationTime();
		}
	}

	private static void restrict(SSLSocket socket, String protocol, String suite) {
		socket.setEnabledProtocols(new String[] { protocol });
		socket.setEnabledCipherSuites(new String[] { suite });
	}

	private static void assertEchoes(SSLSocket socket) throws IOException {
		socket.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
		assertThat(Parties.receive(socket.getInputStream(), 4)).isEqualTo("ping");
	}

	private static void assertNarrow(TlsSession session) {
		assertThat(session.protocol()).isEqualTo("TLSv1.3");
		assertThat(session.cipherSuite()).isEqualTo(AES_256);
	}

	private static void assertConflict(Runnable code) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(code::run).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
			assertThat(ex.place()).isEqualTo("protocols");
			assertThat(ex.problem()).contains("TLSv1.2");
		});
	}

}
