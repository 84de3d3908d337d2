package dev.mtls.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.trust.PeerRole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SslContexts}, by handshakes in memory.
 */
class SslContextsTests {

	private final List<PresentedChain> askedByServer = new ArrayList<>();

	private final List<PresentedChain> askedByClient = new ArrayList<>();

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, secp256r1", "TLSv1.2, secp256r1", "TLSv1.3, secp384r1", "TLSv1.2, secp384r1", "TLSv1.3, RSA",
			"TLSv1.2, RSA", "TLSv1.3, RSASSA-PSS", "TLSv1.2, RSASSA-PSS", "TLSv1.3, Ed25519", "TLSv1.2, Ed25519" })
	void handshakeWhenBothHaveKeyOfKindSucceeds(String protocol, String kind) throws SSLException {
		KeyMaterial server = Keys.material(CertificateRequest.server("localhost").keyPair(Keys.pair(kind)));
		KeyMaterial client = Keys.material(CertificateRequest.client("alice").keyPair(Keys.pair(kind)));
		SSLEngine serverEngine = serverEngine(Keys.context(server, remember(this.askedByServer)));
		SSLEngine clientEngine = clientEngine(Keys.context(client, remember(this.askedByClient)), protocol);
		EngineHandshake handshake = EngineHandshake.of(clientEngine, serverEngine);
		assertThat(handshake.serverFailure()).isNull();
		assertThat(handshake.clientFailure()).isNull();
		assertThat(handshake.succeeded()).isTrue();
		assertThat(handshake.clientSession().getProtocol()).isEqualTo(protocol);
		assertThat(handshake.clientSession().getPeerCertificates()).containsExactly(server.leaf());
		assertThat(handshake.serverSession().getPeerCertificates()).containsExactly(client.leaf());
		assertThat(this.askedByServer)
			.containsExactly(new PresentedChain(List.of(client.leaf()), PeerRole.CLIENT, null, serverEngine));
		assertThat(this.askedByClient)
			.containsExactly(new PresentedChain(List.of(server.leaf()), PeerRole.SERVER, "localhost", clientEngine));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenKindsDifferSucceeds(String protocol) throws SSLException {
		KeyMaterial server = Keys.material(CertificateRequest.server("localhost").keyPair(Keys.pair("RSA")));
		EngineHandshake handshake = EngineHandshake.of(clientEngine(Keys.context(Keys.client(), Keys.ALLOW), protocol),
				serverEngine(Keys.context(server, Keys.ALLOW)));
		assertThat(handshake.succeeded()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenServerRefusesEndsForBoth(String protocol) throws SSLException {
		EngineHandshake handshake = EngineHandshake.of(clientEngine(Keys.context(Keys.client(), Keys.ALLOW), protocol),
				serverEngine(Keys.context(Keys.server(), Keys.DENY)));
		assertThat(handshake.succeeded()).isFalse();
		assertThat(handshake.serverFailure()).isNotNull().cause().isInstanceOf(HandshakeRefusedException.class);
		assertThat(handshake.clientFailure()).hasMessageContaining("certificate_unknown");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenClientRefusesTellsDenialInCauses(String protocol) throws SSLException {
		EngineHandshake handshake = EngineHandshake.of(clientEngine(Keys.context(Keys.client(), Keys.DENY), protocol),
				serverEngine(Keys.context(Keys.server(), Keys.ALLOW)));
		assertThat(handshake.succeeded()).isFalse();
		assertThat(handshake.serverFailure()).hasMessageContaining("certificate_unknown");
		assertThat(handshake.clientFailure()).isNotNull()
			.cause()
			.hasMessage("identity-not-allowed: presented nobody")
			.isInstanceOfSatisfying(HandshakeRefusedException.class,
					(ex) -> assertThat(ex.denial()).isEqualTo(Keys.DENIAL));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenVerifierFailsIsRefusedWithAlert(String protocol) throws SSLException {
		IllegalStateException defect = new IllegalStateException("secret");
		HandshakeVerifier failing = (presented) -> {
			throw defect;
		};
		EngineHandshake handshake = EngineHandshake.of(clientEngine(Keys.context(Keys.client(), Keys.ALLOW), protocol),
				serverEngine(Keys.context(Keys.server(), failing)));
		assertThat(handshake.succeeded()).isFalse();
		assertThat(handshake.clientFailure()).hasMessageContaining("certificate_unknown");
		assertThat(handshake.serverFailure()).isNotNull().rootCause().isSameAs(defect);
		assertThat(handshake.serverFailure()).cause().isInstanceOfSatisfying(HandshakeRefusedException.class, (ex) -> {
			assertThat(ex.denial().reason()).isEqualTo(Reason.INTERNAL);
			assertThat(ex.denial().detail()).contains("IllegalStateException").doesNotContain("secret");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenClientHasNoKeyPresentsNone(String protocol) throws SSLException {
		SSLEngine server = serverEngine(Keys.context(Keys.server(), remember(this.askedByServer)));
		server.setWantClientAuth(true);
		EngineHandshake handshake = EngineHandshake.of(clientEngine(Keys.context(null, Keys.ALLOW), protocol), server);
		assertThat(handshake.succeeded()).isTrue();
		assertThat(this.askedByServer).isEmpty();
		assertThatExceptionOfType(SSLPeerUnverifiedException.class)
			.isThrownBy(() -> handshake.serverSession().getPeerCertificates());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenServerListsOtherIssuersClientPresentsItsCertificateAllTheSame(String protocol)
			throws SSLException {
		X509Certificate other = Keys.server().leaf();
		KeyMaterial client = Keys.client();
		SSLContext server = SslContexts.create(Keys.server(), remember(this.askedByServer), List.of(other));
		EngineHandshake.of(clientEngine(Keys.context(client, Keys.ALLOW), protocol), serverEngine(server));
		assertThat(this.askedByServer).singleElement()
			.extracting(PresentedChain::certificates)
			.isEqualTo(List.of(client.leaf()));
	}

	@Test
	void handshakeWhenEngineWasToldNoHostAsksWithoutHost() throws SSLException {
		SSLEngine client = Keys.context(Keys.client(), remember(this.askedByClient)).createSSLEngine();
		EngineHandshake.of(client, serverEngine(Keys.context(Keys.server(), Keys.ALLOW)));
		assertThat(this.askedByClient).singleElement().extracting(PresentedChain::host).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeWhenProfilesHaveNoSuiteInCommonFails(String protocol) throws SSLException {
		SSLEngine server = serverEngine(Keys.context(Keys.server(), Keys.ALLOW));
		apply(new TlsProfile(List.of(), List.of("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
				List.of()), server);
		SSLEngine client = clientEngine(Keys.context(Keys.client(), Keys.ALLOW), protocol);
		client.setEnabledCipherSuites(
				new String[] { "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" });
		assertThat(EngineHandshake.of(client, server).succeeded()).isFalse();
	}

	@Test
	void handshakeWhenServerHasProfileTakesSuiteThatServerPrefers() throws SSLException {
		SSLEngine server = serverEngine(Keys.context(Keys.server(), Keys.ALLOW));
		apply(new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"),
				List.of()), server);
		SSLEngine client = clientEngine(Keys.context(Keys.client(), Keys.ALLOW), "TLSv1.3");
		client.setEnabledCipherSuites(new String[] { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384" });
		assertThat(EngineHandshake.of(client, server).clientSession().getCipherSuite())
			.isEqualTo("TLS_AES_256_GCM_SHA384");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void handshakeTellsClientNamesOfAnchors(String protocol) throws Exception {
		IssuersKeyManager keyManager = new IssuersKeyManager();
		SSLContext client = SSLContext.getInstance("TLS");
		client.init(new KeyManager[] { keyManager },
				new TrustManager[] { SslContexts.trustManager(Keys.ALLOW, List::of) }, null);
		EngineHandshake.of(clientEngine(client, protocol), serverEngine(Keys.context(Keys.server(), Keys.ALLOW)));
		assertThat(keyManager.issuers).containsOnly(Keys.ROOT.certificate().getSubjectX500Principal());
	}

	@Test
	void acceptedIssuersAreThoseOfNow() {
		List<X509Certificate> issuers = new ArrayList<>();
		X509TrustManager trustManager = SslContexts.trustManager(Keys.ALLOW, () -> issuers);
		assertThat(trustManager.getAcceptedIssuers()).isEmpty();
		issuers.add(Keys.ROOT.certificate());
		assertThat(trustManager.getAcceptedIssuers()).containsExactly(Keys.ROOT.certificate());
	}

	@ParameterizedTest
	@CsvSource({ "CLIENT", "SERVER" })
	void trustManagerWhenStackTellsNoConnectionAsksWithoutHost(PeerRole role) throws Exception {
		X509TrustManager trustManager = SslContexts.trustManager(remember(this.askedByClient), List::of);
		X509Certificate[] chain = { Keys.client().leaf() };
		if (role == PeerRole.CLIENT) {
			trustManager.checkClientTrusted(chain, "UNKNOWN");
		}
		else {
			trustManager.checkServerTrusted(chain, "UNKNOWN");
		}
		assertThat(this.askedByClient).containsExactly(new PresentedChain(List.of(chain), role, null, null));
	}

	private static HandshakeVerifier remember(List<PresentedChain> asked) {
		return (presented) -> {
			asked.add(presented);
			return new Decision.Allow("test");
		};
	}

	private static SSLEngine serverEngine(SSLContext context) {
		SSLEngine engine = context.createSSLEngine();
		engine.setUseClientMode(false);
		engine.setNeedClientAuth(true);
		return engine;
	}

	private static SSLEngine clientEngine(SSLContext context, String protocol) {
		SSLEngine engine = context.createSSLEngine("localhost", 8443);
		engine.setUseClientMode(true);
		engine.setEnabledProtocols(new String[] { protocol });
		return engine;
	}

	private static void apply(TlsProfile profile, SSLEngine engine) {
		SSLParameters parameters = engine.getSSLParameters();
		profile.applyTo(parameters);
		engine.setSSLParameters(parameters);
	}

	/**
	 * Remembers which issuers the server says it accepts, and presents nothing.
	 */
	private static final class IssuersKeyManager extends X509ExtendedKeyManager {

		private final List<Principal> issuers = new ArrayList<>();

		@Override
		public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
				@Nullable SSLEngine engine) {
			if (issuers != null) {
				this.issuers.addAll(List.of(issuers));
			}
			return null;
		}

		@Override
		public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
			return null;
		}

		@Override
		public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
				@Nullable Socket socket) {
			return null;
		}

		@Override
		public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
			return null;
		}

		@Override
		public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers,
				@Nullable Socket socket) {
			return null;
		}

		@Override
		public X509Certificate @Nullable [] getCertificateChain(String alias) {
			return null;
		}

		@Override
		public @Nullable PrivateKey getPrivateKey(String alias) {
			return null;
		}

	}

}
