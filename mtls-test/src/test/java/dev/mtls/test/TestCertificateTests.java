package dev.mtls.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TestCertificate}.
 */
class TestCertificateTests {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final TestAuthority authority = TestAuthority.create();

	private final TestCertificate server = this.authority.server();

	private final TestCertificate client = this.authority.intermediate().client("alice");

	@Test
	void writeToWritesChainAndKey(@TempDir Path directory) throws Exception {
		PemFiles files = this.client.writeTo(directory.resolve("new"), "alice");
		assertThat(files.certificate()).isEqualTo(directory.resolve("new/alice.crt"));
		assertThat(files.privateKey()).isEqualTo(directory.resolve("new/alice.key"));
		assertThat(Files.readString(files.certificate())).isEqualTo(this.client.chainPem())
			.startsWith(this.client.certificatePem());
		assertThat(Files.readString(files.privateKey())).isEqualTo(this.client.privateKeyPem());
		if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.privateKey())))
				.isEqualTo("rw-------");
		}
	}

	@Test
	void pkcs12HoldsKeyAndChain() throws Exception {
		char[] password = "changeit".toCharArray();
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(new ByteArrayInputStream(this.client.pkcs12("changeit")), password);
		assertThat(store.getKey("mtls", password)).isEqualTo(this.client.privateKey());
		assertThat(store.getCertificateChain("mtls")).hasSize(2);
	}

	@Test
	void withChainKeepsKey() {
		TestCertificate alone = this.client.withChain(this.client.certificate());
		assertThat(alone.chain()).containsExactly(this.client.certificate());
		assertThat(alone.privateKey()).isEqualTo(this.client.privateKey());
	}

	@Test
	void toStringMasksKey() {
		assertThat(this.client).hasToString("TestCertificate[IssuedCertificate[CN=alice, private key masked]]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void sslContextSpeaksMutualTls(String protocol) throws Exception {
		SSLContext serverContext = this.server.sslContext(this.authority);
		SSLContext clientContext = this.client.sslContext(this.authority);
		Peers peers = handshake(serverContext, clientContext, protocol);
		assertThat(peers.client()).isEqualTo(this.client.chain());
		assertThat(peers.server()).isEqualTo(this.server.chain());
	}

	@Test
	void sslContextWhenServerIsOfOtherAuthorityRefuses() {
		SSLContext serverContext = this.server.sslContext(this.authority);
		SSLContext clientContext = this.client.sslContext(TestAuthority.create());
		assertThatExceptionOfType(SSLException.class)
			.isThrownBy(() -> handshake(serverContext, clientContext, "TLSv1.3"));
	}

	@Test
	void sslContextOfAuthorityPresentsNothing() throws Exception {
		Peers peers = handshake(this.server.sslContext(this.authority), this.authority.sslContext(), "TLSv1.3");
		assertThat(peers.client()).isEmpty();
		assertThat(peers.server()).isEqualTo(this.server.chain());
	}

	@ParameterizedTest
	@EnumSource
	void sslContextPresentsClientWithFlaw(Flaw flaw) throws Exception {
		TestCertificate flawed = this.authority.client(flaw);
		SSLContext serverContext = acceptingAll(this.server);
		SSLContext clientContext = flawed.sslContext(this.authority);
		assertThat(handshake(serverContext, clientContext, "TLSv1.2").client()).isEqualTo(flawed.chain());
		assertThat(handshake(serverContext, clientContext, "TLSv1.3").client()).isEqualTo(flawed.chain());
	}

	@ParameterizedTest
	@EnumSource
	void sslContextPresentsServerWithFlaw(Flaw flaw) throws Exception {
		TestCertificate flawed = this.authority.server(flaw);
		SSLContext serverContext = flawed.sslContext(this.authority);
		SSLContext clientContext = acceptingAll(this.client);
		assertThat(handshake(serverContext, clientContext, "TLSv1.2").server()).isEqualTo(flawed.chain());
		assertThat(handshake(serverContext, clientContext, "TLSv1.3").server()).isEqualTo(flawed.chain());
	}

	private SSLContext acceptingAll(TestCertificate own) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(new KeyManager[] { new PresentingKeyManager(own.privateKey(), own.chain()) },
				new TrustManager[] { new AcceptingTrustManager(this.authority.anchor()) }, null);
		return context;
	}

	private static Peers handshake(SSLContext serverContext, SSLContext clientContext, String protocol)
			throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (SSLServerSocket listener = (SSLServerSocket) serverContext.getServerSocketFactory()
			.createServerSocket(0, 1, loopback)) {
			listener.setWantClientAuth(true);
			listener.setSoTimeout(TIMEOUT_MILLIS);
			CompletableFuture<List<Certificate>> seenByServer = new CompletableFuture<>();
			new Thread(() -> accept(listener, seenByServer), "server").start();
			try (SSLSocket socket = (SSLSocket) clientContext.getSocketFactory()
				.createSocket(loopback, listener.getLocalPort())) {
				socket.setSoTimeout(TIMEOUT_MILLIS);
				socket.setEnabledProtocols(new String[] { protocol });
				socket.startHandshake();
				assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
				return new Peers(seenByServer.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS), peerOf(socket));
			}
		}
	}

	private static void accept(SSLServerSocket listener, CompletableFuture<List<Certificate>> seen) {
		try (SSLSocket socket = (SSLSocket) listener.accept()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.startHandshake();
			// before the end of this block, which waits for the client to close as well
			seen.complete(peerOf(socket));
		}
		catch (IOException ex) {
			seen.completeExceptionally(ex);
		}
	}

	private static List<Certificate> peerOf(SSLSocket socket) {
		try {
			return List.of(socket.getSession().getPeerCertificates());
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

	/**
	 * What each side saw of the other.
	 *
	 * @param client what the server saw
	 * @param server what the client saw
	 */
	private record Peers(List<Certificate> client, List<Certificate> server) {

	}

	/**
	 * Accepts every certificate, although it asks for those of one authority.
	 */
	private static final class AcceptingTrustManager extends X509ExtendedTrustManager {

		private final X509Certificate anchor;

		AcceptingTrustManager(X509Certificate anchor) {
			this.anchor = anchor;
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[] { this.anchor };
		}

	}

}
