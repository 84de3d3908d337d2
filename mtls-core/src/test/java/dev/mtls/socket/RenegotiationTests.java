package dev.mtls.socket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that nothing passes any more when a peer renegotiates, which TLS 1.2 has and by
 * which it could become another.
 */
@Timeout(60)
class RenegotiationTests {

	@Test
	void clientOfListenerIsCut() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).build();
				MtlsListener listener = server.listen("127.0.0.1:0");
				SSLSocket client = connect(listener.port());
				MtlsConnection accepted = accept(listener, client)) {
			Background<Void> echoing = echo(accepted.inputStream(), accepted.outputStream());
			assertEndsOnceRenegotiated(client);
			assertRenegotiated(echoing.failure());
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> accepted.outputStream().write(1));
			assertThat(accepted.isOpen()).isFalse();
		}
	}

	@Test
	void clientOfServerSocketIsCut() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).build();
				SSLServerSocket listening = (SSLServerSocket) server.serverSocketFactory()
					.createServerSocket(0, 50, Parties.loopback());
				SSLSocket client = connect(listening.getLocalPort());
				Socket accepted = listening.accept()) {
			Background<Void> echoing = echo(accepted.getInputStream(), accepted.getOutputStream());
			assertEndsOnceRenegotiated(client);
			assertRenegotiated(echoing.failure());
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> accepted.getOutputStream().write(1));
		}
	}

	@Test
	void clientOfEngineIsCut() throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).build()) {
			SSLEngine accepted = server.serverSslContext().createSSLEngine();
			SSLEngine client = Parties.context(Parties.ALICE).createSSLEngine();
			client.setUseClientMode(true);
			client.setEnabledProtocols(new String[] { "TLSv1.2" });
			new Engines(client, accepted).shakeHands();
			assertThat(accepted.getSession().getPeerCertificates()).contains(Parties.ALICE.certificate());
			client.setEnabledCipherSuites(others(client.getEnabledCipherSuites(), client.getSession()));
			client.beginHandshake();
			assertThatExceptionOfType(SSLException.class).isThrownBy(new Engines(client, accepted)::shakeHands)
				.satisfies(RenegotiationTests::assertRenegotiated);
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> accepted.wrap(ByteBuffer.allocate(1), ByteBuffer.allocate(Engines.CAPACITY)))
				.satisfies(RenegotiationTests::assertRenegotiated);
			assertThat(server.serverGate().connections()).isEmpty();
		}
	}

	@Test
	void serverOfConnectionIsCut() throws Exception {
		try (SSLServerSocket listening = (SSLServerSocket) Parties.context(Parties.SERVER)
			.getServerSocketFactory()
			.createServerSocket(0, 50, Parties.loopback());
				MtlsContext client = Parties.builder(Parties.ALICE).maximumTls("TLSv1.2").build()) {
			Background<Void> serving = Background.run(() -> {
				try (SSLSocket accepted = (SSLSocket) listening.accept()) {
					assertEndsOnceRenegotiated(accepted);
					return null;
				}
			});
			try (MtlsConnection connected = client.connect("localhost:" + listening.getLocalPort())) {
				Background<Void> echoing = echo(connected.inputStream(), connected.outputStream());
				assertRenegotiated(echoing.failure());
				assertThat(connected.isOpen()).isFalse();
			}
			serving.get();
		}
	}

	private static SSLSocket connect(int port) throws IOException {
		SSLSocket client = Parties.tls(Parties.ALICE, port);
		client.setEnabledProtocols(new String[] { "TLSv1.2" });
		return client;
	}

	private static MtlsConnection accept(MtlsListener listener, SSLSocket client) throws IOException {
		client.startHandshake();
		return listener.accept();
	}

	private static Background<Void> echo(InputStream in, OutputStream out) {
		return Background.run(() -> {
			in.transferTo(out);
			return null;
		});
	}

	private static void assertEndsOnceRenegotiated(SSLSocket socket) throws IOException {
		assertEchoed(socket);
		renegotiate(socket);
		// The first may be on its way before the peer has read that
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			for (int i = 0; i < 3; i++) {
				assertEchoed(socket);
			}
		});
	}

	private static void assertEchoed(SSLSocket socket) throws IOException {
		socket.getOutputStream().write(1);
		if (socket.getInputStream().read() == -1) {
			throw new EOFException();
		}
	}

	private static void renegotiate(SSLSocket socket) throws IOException {
		socket.setEnabledCipherSuites(others(socket.getEnabledCipherSuites(), socket.getSession()));
		socket.startHandshake();
	}

	// What is resumed is the session of the same peer
	private static String[] others(String[] suites, SSLSession session) {
		return Stream.of(suites).filter((suite) -> !suite.equals(session.getCipherSuite())).toArray(String[]::new);
	}

	private static void assertRenegotiated(Throwable failure) {
		assertThat(failure).isInstanceOf(SSLException.class).hasMessageContaining("renegotiated");
	}

	/**
	 * Two engines of which each gets what the other sends.
	 */
	private static final class Engines {

		static final int CAPACITY = 1 << 16;

		private final SSLEngine client;

		private final SSLEngine server;

		private final ByteBuffer toServer = ByteBuffer.allocate(CAPACITY);

		private final ByteBuffer toClient = ByteBuffer.allocate(CAPACITY);

		Engines(SSLEngine client, SSLEngine server) {
			this.client = client;
			this.server = server;
		}

		void shakeHands() throws SSLException {
			do {
				transfer(this.client, this.server, this.toServer);
				transfer(this.server, this.client, this.toClient);
			}
			while (isShakingHands(this.client) || isShakingHands(this.server));
		}

		private static void transfer(SSLEngine from, SSLEngine to, ByteBuffer sent) throws SSLException {
			from.wrap(ByteBuffer.allocate(0), sent);
			runTasks(from);
			sent.flip();
			int consumed = -1;
			while (sent.hasRemaining() && consumed != 0) {
				consumed = to.unwrap(sent, ByteBuffer.allocate(CAPACITY)).bytesConsumed();
				runTasks(to);
			}
			sent.compact();
		}

		private static void runTasks(SSLEngine engine) {
			for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
				task.run();
			}
		}

		private static boolean isShakingHands(SSLEngine engine) {
			return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
		}

	}

}
