package dev.mtls.gate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.material.KeyMaterial;
import dev.mtls.tls.EngineHandshake;
import dev.mtls.tls.HandshakeRefusedException;
import dev.mtls.tls.LoopbackServer;
import dev.mtls.tls.SslContexts;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the contexts and managers of a {@link Gate}, over real handshakes.
 */
class GateHandshakeTests {

	private static final Instant NOW = MutableClock.START;

	private static final InetAddress ADDRESS = loopback();

	@TempDir
	private Path folder;

	private Site site;

	@BeforeEach
	void createSite() {
		this.site = new Site(this.folder);
	}

	@ParameterizedTest(name = "{0}, {3}")
	@MethodSource
	void handshakeFailedTellsReason(String protocol, @Nullable KeyMaterial client, Function<SSLEngine, SSLEngine> peer,
			Reason reason, String detail) throws SSLException {
		Gate gate = this.site.open();
		SSLEngine server = serverEngine(gate.sslContext());
		EngineHandshake handshake = EngineHandshake.of(peer.apply(clientEngine(context(client), protocol)), server);
		assertThat(handshake.succeeded()).isFalse();
		assertThat(this.site.takeEvents()).isEmpty();
		gate.handshakeFailed(server, ADDRESS, handshake.serverFailure());
		assertRefused(ADDRESS, reason, detail);
		gate.handshakeFailed(null, null, new IOException(handshake.serverFailure()));
		assertRefused(null, reason, detail);
	}

	static Stream<Arguments> handshakeFailedTellsReason() {
		return Stream.of("TLSv1.3", "TLSv1.2")
			.flatMap((protocol) -> Stream.of(
					failing(protocol, null, Reason.CERTIFICATE_MISSING, "the peer presented no certificate"),
					failing(protocol, material(Site.OTHER_ROOT.issue(Site.client().build())), Reason.ISSUER_UNKNOWN,
							"Other Root"),
					failing(protocol, material(Site.ROOT
						.issue(Site.client().notBefore(NOW.minusSeconds(9)).notAfter(NOW.minusSeconds(1)).build())),
							Reason.CERTIFICATE_EXPIRED, "expired 1 second ago"),
					failing(protocol, material(Site.ROOT.issue(Site.server().build())), Reason.KEY_USAGE_WRONG, ""),
					Arguments.of(protocol, null, (Function<SSLEngine, SSLEngine>) GateHandshakeTests::withOtherSuites,
							Reason.HANDSHAKE_FAILED, "")));
	}

	@Test
	void handshakeFailedWhenPeerWentAwayTellsSo() {
		Gate gate = this.site.open();
		gate.handshakeFailed(serverEngine(gate.sslContext()), ADDRESS, null);
		assertRefused(ADDRESS, Reason.HANDSHAKE_FAILED, "the peer went away during the handshake");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void sslContextLeavesRulesToAdmission(String protocol) throws SSLException {
		Gate gate = this.site
			.open(this.site.locations().allowedPeers("allowed-clients", List.of("dns:bob.example.com")));
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(client()), protocol),
				serverEngine(gate.sslContext()));
		assertThat(handshake.succeeded()).isTrue();
		assertThat(this.site.takeEvents()).isEmpty();
		assertThat(gate.admitPeer(chain(handshake.serverSession()), ADDRESS)).isInstanceOfSatisfying(
				Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void standaloneContextAsksRulesAndTellsRefusalOnce(String protocol) throws SSLException {
		Gate gate = this.site
			.open(this.site.locations().allowedPeers("allowed-clients", List.of("dns:bob.example.com")));
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(client()), protocol),
				serverEngine(gate.standaloneSslContext()));
		assertThat(handshake.succeeded()).isFalse();
		assertThat(handshake.serverFailure()).isNotNull()
			.cause()
			.isInstanceOfSatisfying(HandshakeRefusedException.class,
					(ex) -> assertThat(ex.denial().reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED));
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class, (refused) -> {
				assertThat(refused.reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
				assertThat(Objects.requireNonNull(refused.identity()).displayName()).isEqualTo("alice.example.com");
				assertThat(refused.address()).isNull();
			});
	}

	@Test
	void standaloneContextWhenAllowedShakesHands() throws SSLException {
		Gate gate = this.site.open();
		assertThat(EngineHandshake
			.of(clientEngine(context(client()), "TLSv1.3"), serverEngine(gate.standaloneSslContext()))
			.succeeded()).isTrue();
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@Test
	void contextWhenCertificateIsNotRequiredLetsPeerWithoutCertificateShakeHands() throws SSLException {
		Gate gate = this.site.open(GateSettings.server(false, TlsProfile.defaults()), this.site.locations().build());
		SSLEngine server = serverEngine(gate.sslContext());
		server.setNeedClientAuth(false);
		server.setWantClientAuth(true);
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(null), "TLSv1.3"), server);
		assertThat(handshake.succeeded()).isTrue();
		assertThat(gate.admitPeer(chain(handshake.serverSession()), ADDRESS)).isInstanceOf(Verdict.Accepted.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void admitPeerWhenSessionOfOldContextIsResumedIsAskedAllTheSame(String protocol) throws SSLException {
		Gate gate = this.site.open();
		SSLContext old = gate.sslContext();
		SSLContext client = context(client());
		EngineHandshake first = EngineHandshake.of(clientEngine(client, protocol), serverEngine(old));
		assertThat(gate.admitPeer(chain(first.serverSession()), ADDRESS)).isInstanceOf(Verdict.Accepted.class);
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		EngineHandshake resumed = EngineHandshake.of(clientEngine(client, protocol), serverEngine(old));
		assertThat(resumed.succeeded()).as("no trust manager is asked").isTrue();
		assertThat(gate.admitPeer(chain(resumed.serverSession()), ADDRESS)).isInstanceOfSatisfying(
				Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.ISSUER_UNKNOWN));
		EngineHandshake next = EngineHandshake.of(clientEngine(client, protocol), serverEngine(gate.sslContext()));
		assertThat(next.succeeded()).as("nothing is resumed with the new context").isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void connectTellsSessionAndWhetherItIsResumed(String protocol) throws SSLException {
		Gate gate = this.site.open();
		SSLContext client = context(client());
		for (boolean resumed : new boolean[] { false, true }) {
			SSLEngine server = serverEngine(gate.sslContext());
			PendingHandshake pending = gate.handshake(ADDRESS, () -> {
			});
			EngineHandshake handshake = EngineHandshake.of(clientEngine(client, protocol), server);
			this.site.clock.advance(Duration.ofMillis(20));
			SSLSession session = handshake.serverSession();
			TlsSession tls = pending.session(server, session);
			assertThat(tls)
				.isEqualTo(new TlsSession(protocol, session.getCipherSuite(), resumed, Duration.ofMillis(20)));
			this.site.takeEvents();
			assertThat(gate.connect(chain(session), ADDRESS, tls, (denial) -> {
			})).isInstanceOfSatisfying(Verdict.Accepted.class,
					(accepted) -> assertThat(((LiveConnection) accepted.value()).tls()).isSameAs(tls));
			assertThat(this.site.takeEvents()).singleElement()
				.isInstanceOfSatisfying(MtlsEvent.PeerAdmitted.class,
						(admitted) -> assertThat(admitted.tls()).isSameAs(tls));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void sessionOfEngineThatIsWrappedTellsWhetherItIsResumed(String protocol) throws SSLException {
		Gate gate = this.site.open();
		SSLContext client = context(client());
		for (boolean resumed : new boolean[] { false, true }) {
			PendingHandshake pending = gate.handshake(ADDRESS, () -> {
			});
			EngineHandshake handshake = EngineHandshake.of(clientEngine(client, protocol),
					serverEngine(gate.sslContext()));
			Object wrapper = new Object();
			assertThat(pending.session(wrapper, handshake.serverSession()).resumed()).isEqualTo(resumed);
		}
	}

	@Test
	void sessionOfPeerWithoutCertificateDoesNotTellWhetherItIsResumed() throws SSLException {
		Gate gate = this.site.open(GateSettings.server(false, TlsProfile.defaults()), this.site.locations().build());
		SSLEngine server = serverEngine(gate.sslContext());
		server.setNeedClientAuth(false);
		PendingHandshake pending = gate.handshake(ADDRESS, () -> {
		});
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(null), "TLSv1.3"), server);
		assertThat(pending.session(server, handshake.serverSession()).resumed()).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void handshakeThatBeganBeforeReloadIsDecidedByWhatHoldsNow(boolean standalone) throws SSLException {
		Gate gate = this.site.open();
		SSLEngine server = serverEngine(standalone ? gate.standaloneSslContext() : gate.sslContext());
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(client()), "TLSv1.3"), server);
		assertThat(handshake.succeeded()).isFalse();
		assertThat(handshake.serverFailure()).isNotNull().cause().isInstanceOf(HandshakeRefusedException.class);
	}

	@Test
	void contextInOtherRoleRefuses() throws SSLException {
		Gate gate = this.site.open();
		SSLEngine client = clientEngine(gate.sslContext(), "TLSv1.3");
		EngineHandshake handshake = EngineHandshake.of(client,
				serverEngine(context(material(Site.ROOT.issue(Site.server().withoutExtendedKeyUsage().build())))));
		assertThat(handshake.succeeded()).isFalse();
		gate.handshakeFailed(client, null, handshake.clientFailure());
		assertRefused(null, Reason.KEY_USAGE_WRONG, "peers in the role of a CLIENT");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			localhost          | dns:localhost               | true
			LocalHost          | dns:localhost               | true
			localhost.         | dns:localhost               | true
			api.example.com    | dns:*.example.com           | true
			api.example.com    | dns:db.example.com          | false
			a.b.example.com    | dns:*.example.com           | false
			example.com        | dns:*.example.com           | false
			api.example.com    | dns:api.example.com.evil.io | false
			127.0.0.1          | ip:127.0.0.1                | true
			::1                | ip:::1                      | true
			127.0.0.1          | ip:127.0.0.2                | false
			127.0.0.1          | dns:127.0.0.1               | false
			localhost          | ip:127.0.0.1                | false
			localhost          | -                           | false
			-                  | dns:localhost               | false
			not a host         | dns:localhost               | false
			api_1.example.com  | dns:localhost               | false
			""", delimiter = '|')
	void clientChecksHostName(@Nullable String host, @Nullable String name, boolean allowed) throws SSLException {
		Gate gate = this.site.open(GateSettings.client("client", true, TlsProfile.defaults()),
				this.site.locations().build());
		for (SSLContext context : List.of(gate.sslContext(), gate.standaloneSslContext())) {
			SSLEngine client = engineTo(context, host);
			EngineHandshake handshake = EngineHandshake.of(client, serverOf(name));
			assertThat(handshake.succeeded()).isEqualTo(allowed);
			if (!allowed) {
				if (context == gate.sslContext()) {
					gate.handshakeFailed(client, null, handshake.clientFailure());
				}
				assertRefused(null, Reason.HOST_NAME_MISMATCH, (host != null) ? host : "did not tell which host");
			}
		}
		assertThat(this.site.takeEvents()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			api.example.com | dns:db.example.com
			localhost       | -
			-               | dns:localhost
			""", delimiter = '|')
	void clientWhenHostNameIsNotCheckedTakesAnyTrustedName(@Nullable String host, @Nullable String name)
			throws SSLException {
		Gate gate = this.site.open(GateSettings.client("client", false, TlsProfile.defaults()),
				this.site.locations().build());
		EngineHandshake handshake = EngineHandshake.of(engineTo(gate.standaloneSslContext(), host), serverOf(name));
		assertThat(handshake.succeeded()).isTrue();
	}

	@Test
	void clientWhenHostNameFitsButRuleDoesNotRefuses() throws SSLException {
		Gate gate = this.site.open(GateSettings.client("client", true, TlsProfile.defaults()),
				this.site.locations().allowedPeers("allowed-servers", List.of("dns:api.example.com")).build());
		EngineHandshake handshake = EngineHandshake.of(engineTo(gate.standaloneSslContext(), "localhost"),
				serverOf("dns:localhost"));
		assertThat(handshake.succeeded()).isFalse();
		assertRefused(null, Reason.IDENTITY_NOT_ALLOWED, "localhost");
	}

	@Test
	void clientSocketChecksHostNameAndTellsAddress() throws IOException {
		Gate gate = this.site.open(GateSettings.client("client", true, TlsProfile.defaults()),
				this.site.locations().build());
		SSLSocketFactory factory = gate.standaloneSslContext().getSocketFactory();
		SSLContext server = context(material(Site.ROOT.issue(Site.server().build())));
		try (LoopbackServer loopback = new LoopbackServer(
				server.getServerSocketFactory().createServerSocket(0, 50, ADDRESS))) {
			assertAnswers(factory.createSocket("localhost", loopback.port()));
			assertAnswers(factory.createSocket(plain(loopback), "localhost", loopback.port(), true));
			assertThat(this.site.takeEvents()).isEmpty();
			assertRefuses(factory.createSocket(ADDRESS, loopback.port()), "127.0.0.1");
			assertRefuses(factory.createSocket("127.0.0.1", loopback.port()), "127.0.0.1");
			assertRefuses(factory.createSocket(plain(loopback), "api.example.com", loopback.port(), true),
					"api.example.com");
		}
	}

	@Test
	void followingManagersPresentAndVerifyWhatHoldsNow() throws Exception {
		Gate gate = this.site.open();
		SSLContext living = SSLContext.getInstance("TLS");
		living.init(new KeyManager[] { gate.keyManager() }, new TrustManager[] { gate.trustManager() }, null);
		assertThat(EngineHandshake.of(clientEngine(context(client()), "TLSv1.3"), serverEngine(living)).succeeded())
			.isTrue();
		IssuedCertificate next = Site.ROOT.issue(Site.server().keyType(KeyType.RSA_2048).build());
		this.site.writeKey(next);
		this.site.writeTrust(Site.OTHER_ROOT.certificate());
		assertThat(gate.reload()).isTrue();
		KeyMaterial other = material(Site.OTHER_ROOT.issue(Site.client().build()));
		EngineHandshake handshake = EngineHandshake.of(clientEngine(context(other), "TLSv1.3"), serverEngine(living));
		assertThat(handshake.succeeded()).isTrue();
		assertThat(handshake.clientSession().getPeerCertificates()).containsExactly(next.certificate());
		assertThat(EngineHandshake.of(clientEngine(context(client()), "TLSv1.3"), serverEngine(living)).succeeded())
			.isFalse();
	}

	private void assertRefused(@Nullable InetAddress address, Reason reason, String detail) {
		assertThat(this.site.takeEvents()).singleElement()
			.isInstanceOfSatisfying(MtlsEvent.PeerRefused.class, (refused) -> {
				assertThat(refused.time()).isEqualTo(NOW);
				assertThat(refused.address()).isEqualTo(address);
				assertThat(refused.reason()).isEqualTo(reason);
				assertThat(refused.detail()).isNotEmpty().contains(detail);
			});
	}

	private void assertRefuses(Socket socket, String detail) throws IOException {
		try (socket) {
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> LoopbackServer.ping((SSLSocket) socket))
				.havingCause()
				.isInstanceOf(HandshakeRefusedException.class);
		}
		assertRefused(ADDRESS, Reason.HOST_NAME_MISMATCH, detail);
	}

	private static void assertAnswers(Socket socket) throws IOException {
		try (socket) {
			LoopbackServer.ping((SSLSocket) socket);
		}
	}

	private static Socket plain(LoopbackServer server) throws IOException {
		return new Socket(ADDRESS, server.port());
	}

	private static Arguments failing(String protocol, @Nullable KeyMaterial client, Reason reason, String detail) {
		return Arguments.of(protocol, client, Function.<SSLEngine>identity(), reason, detail);
	}

	private static SSLEngine withOtherSuites(SSLEngine client) {
		client.setEnabledCipherSuites(new String[] { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" });
		client.setEnabledProtocols(new String[] { "TLSv1.2" });
		return client;
	}

	private static KeyMaterial client() {
		return material(Site.ROOT.issue(Site.client().build()));
	}

	private static KeyMaterial material(IssuedCertificate issued) {
		return KeyMaterial.of("test", issued.privateKey(), issued.chain());
	}

	private static SSLContext context(@Nullable KeyMaterial key) {
		return SslContexts.create(key, (presented) -> new Decision.Allow("test"), List.of(Site.ROOT.certificate()));
	}

	private static SSLEngine serverEngine(SSLContext context) {
		SSLEngine engine = context.createSSLEngine();
		engine.setUseClientMode(false);
		engine.setNeedClientAuth(true);
		return engine;
	}

	private static SSLEngine serverOf(@Nullable String name) {
		CertificateRequest.Builder request = CertificateRequest.client("localhost")
			.extendedKeyUsage(ExtendedKeyUsage.SERVER_AUTH);
		if (name != null) {
			String value = name.substring(name.indexOf(':') + 1);
			request = name.startsWith("ip:") ? request.ip(value) : request.dns(value);
		}
		return serverEngine(context(material(Site.ROOT.issue(request.build()))));
	}

	private static SSLEngine clientEngine(SSLContext context, String protocol) {
		SSLEngine engine = context.createSSLEngine("localhost", 8443);
		engine.setUseClientMode(true);
		engine.setEnabledProtocols(new String[] { protocol });
		return engine;
	}

	private static SSLEngine engineTo(SSLContext context, @Nullable String host) {
		return (host != null) ? context.createSSLEngine(host, 8443) : context.createSSLEngine();
	}

	private static List<X509Certificate> chain(SSLSession session) {
		try {
			Certificate[] certificates = session.getPeerCertificates();
			return Arrays.stream(certificates).map(X509Certificate.class::cast).toList();
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

	private static InetAddress loopback() {
		try {
			// Unlike getLoopbackAddress() without a name
			return InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
