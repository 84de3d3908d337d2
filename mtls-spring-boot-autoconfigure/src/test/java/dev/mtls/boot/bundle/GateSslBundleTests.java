package dev.mtls.boot.bundle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.info.SslInfo;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GateSslBundle}.
 */
class GateSslBundleTests {

	@TempDir
	private Path directory;

	private TestAuthority authority;

	private TestCertificate server;

	private Gate gate;

	private SslBundle bundle;

	@BeforeEach
	void open() {
		this.authority = TestAuthority.create();
		this.server = this.authority.intermediate().server();
		this.gate = gate(GateSettings.server(true, TlsProfile.defaults()), this.authority, this.server);
		this.bundle = new GateSslBundle("mtls-server", () -> this.gate);
	}

	@Test
	void storesHoldKeyChainAndTrust() throws Exception {
		KeyStore keyStore = Objects.requireNonNull(this.bundle.getStores().getKeyStore());
		String password = Objects.requireNonNull(this.bundle.getStores().getKeyStorePassword());
		assertThat(this.bundle.getKey().getPassword()).isEqualTo(password);
		String alias = keyStore.aliases().nextElement();
		assertThat(keyStore.getKey(alias, password.toCharArray())).isEqualTo(this.server.privateKey());
		assertThat(keyStore.getCertificateChain(alias))
			.containsExactly(this.server.chain().toArray(Certificate[]::new));
		this.bundle.getKey().assertContainsAlias(keyStore);
		assertThat(anchor()).isEqualTo(this.authority.anchor());
	}

	@Test
	void storesWhenGateIsReloadedFollow() throws Exception {
		TestAuthority other = replace();
		KeyStore keyStore = Objects.requireNonNull(this.bundle.getStores().getKeyStore());
		assertThat(keyStore.getCertificate(keyStore.aliases().nextElement())).isEqualTo(this.server.certificate());
		assertThat(anchor()).isEqualTo(other.anchor());
	}

	@Test
	void storesWhenClientHasNoKeyHoldTrustOnly() {
		SnapshotLocations locations = SnapshotLocations.builder("test")
			.trustCertificates(List.of(this.directory.resolve("ca.crt").toString()))
			.build();
		Gate client = Gate.builder(GateSettings.client("client", true, TlsProfile.defaults()), locations).open();
		SslBundle clientBundle = new GateSslBundle("mtls-client", () -> client);
		assertThat(clientBundle.getStores().getKeyStore()).isNull();
		assertThat(clientBundle.getStores().getTrustStore()).isNotNull();
		assertThat(clientBundle.createSslContext()).isNotNull();
	}

	@Test
	void infoWhenReadAsSpringBootDoesShowsTheCurrentChain() {
		DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry("mtls-server", this.bundle);
		SslInfo info = new SslInfo(registry);
		assertThat(serialNumber(info)).isEqualTo(this.server.certificate().getSerialNumber().toString(16));
		replace();
		assertThat(serialNumber(info)).isEqualTo(this.server.certificate().getSerialNumber().toString(16));
		assertThat(info.getBundle("mtls-server").getCertificateChains().get(0).getCertificates()).allSatisfy(
				(certificate) -> assertThat(Objects.requireNonNull(certificate.getValidity()).getStatus().name())
					.isEqualTo("VALID"));
	}

	@Test
	void optionsAreThoseOfTheGate() {
		Gate tls13 = gate(
				GateSettings.server(true,
						new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"), List.of())),
				this.authority, this.server);
		SslBundle restricted = new GateSslBundle("mtls-server", () -> tls13);
		assertThat(restricted.getOptions().getEnabledProtocols()).containsExactly("TLSv1.3");
		assertThat(restricted.getOptions().getCiphers()).containsExactly("TLS_AES_256_GCM_SHA384");
		assertThat(restricted.getProtocol()).isEqualTo("TLS");
	}

	@Test
	void managersWhenGateIsReloadedFollow() throws Exception {
		X509ExtendedKeyManager keyManager = (X509ExtendedKeyManager) keyManagers()[0];
		X509ExtendedTrustManager trustManager = (X509ExtendedTrustManager) trustManagers()[0];
		X509Certificate[] client = this.authority.client("client").chain().toArray(X509Certificate[]::new);
		trustManager.checkClientTrusted(client, "EC", (Socket) null);
		replace();
		String alias = keyManager.chooseServerAlias("EC", null, null);
		assertThat(keyManager.getCertificateChain(alias)).startsWith(this.server.certificate());
		assertThat(keyManager.getPrivateKey(alias)).isEqualTo(this.server.privateKey());
		assertThatExceptionOfType(CertificateException.class)
			.isThrownBy(() -> trustManager.checkClientTrusted(client, "EC", (Socket) null));
	}

	@Test
	void sslContextWhenMadeOnceFollowsAReload() throws Exception {
		SSLContext context = this.bundle.createSslContext();
		try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
			.createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			TestAuthority before = this.authority;
			assertThat(certificateSeenBy(before.client("a").sslContext(before), listener))
				.isEqualTo(this.server.certificate());
			TestAuthority after = replace();
			assertThat(certificateSeenBy(after.client("b").sslContext(after), listener))
				.isEqualTo(this.server.certificate());
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> certificateSeenBy(before.client("c").sslContext(after), listener));
		}
	}

	@Test
	void gateWhenBundleIsMerelyRegisteredIsNotAsked() {
		SslBundle lazy = new GateSslBundle("mtls-server", () -> {
			throw new AssertionError("The gate was asked");
		});
		assertThat(lazy).hasToString("GateSslBundle[mtls-server]");
		assertThat(lazy.getStores()).isNotNull();
		assertThat(lazy.getManagers()).isNotNull();
		assertThat(lazy.getKey()).isNotNull();
	}

	private Gate gate(GateSettings settings, TestAuthority trusted, TestCertificate certificate) {
		certificate.writeTo(this.directory, "server");
		trusted.writeTo(this.directory, "ca");
		SnapshotLocations locations = SnapshotLocations.builder("test")
			.pem(this.directory.resolve("server.crt").toString(), this.directory.resolve("server.key").toString(), null)
			.trustCertificates(List.of(this.directory.resolve("ca.crt").toString()))
			.build();
		return Gate.open(settings, locations, InstantSource.system(), (event) -> {
		});
	}

	private TestAuthority replace() {
		TestAuthority other = TestAuthority.create();
		this.server = other.server();
		this.server.writeTo(this.directory, "server");
		other.writeTo(this.directory, "ca");
		assertThat(this.gate.reload()).isTrue();
		return other;
	}

	private X509Certificate certificateSeenBy(SSLContext client, SSLServerSocket listener) throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> served = executor.submit(() -> {
				try (SSLSocket socket = (SSLSocket) listener.accept()) {
					socket.setNeedClientAuth(true);
					socket.getOutputStream().write('!');
				}
				return null;
			});
			try (SSLSocket socket = (SSLSocket) client.getSocketFactory()
				.createSocket(listener.getInetAddress(), listener.getLocalPort())) {
				if (socket.getInputStream().read() != '!') {
					throw new SSLException("The server closed the connection");
				}
				return (X509Certificate) socket.getSession().getPeerCertificates()[0];
			}
			finally {
				served.get(10, TimeUnit.SECONDS);
			}
		}
		catch (ExecutionException ex) {
			throw new IOException(ex);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private KeyManager[] keyManagers() throws Exception {
		KeyManagerFactory factory = this.bundle.getManagers().getKeyManagerFactory();
		factory.init(KeyStore.getInstance("PKCS12"), new char[0]);
		return factory.getKeyManagers();
	}

	private TrustManager[] trustManagers() throws Exception {
		TrustManagerFactory factory = this.bundle.getManagers().getTrustManagerFactory();
		factory.init((KeyStore) null);
		return factory.getTrustManagers();
	}

	private Certificate anchor() throws Exception {
		KeyStore trustStore = Objects.requireNonNull(this.bundle.getStores().getTrustStore());
		assertThat(trustStore.size()).isEqualTo(1);
		return trustStore.getCertificate(trustStore.aliases().nextElement());
	}

	private static String serialNumber(SslInfo info) {
		return Objects.requireNonNull(
				info.getBundle("mtls-server").getCertificateChains().get(0).getCertificates().get(0).getSerialNumber());
	}

}
