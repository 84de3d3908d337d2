package dev.mtls.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyManagementException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Decision;
import dev.mtls.material.KeyMaterial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DelegatingSslContext} and what it makes.
 */
class DelegatingSslContextTests {

	private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

	private final AtomicInteger asked = new AtomicInteger();

	private final HandshakeVerifier counting = (presented) -> {
		this.asked.incrementAndGet();
		return new Decision.Allow("test");
	};

	private final KeyMaterial key = Keys.server();

	private volatile SSLContext current = Keys.context(this.key, this.counting);

	private final SSLContext delegating = DelegatingSslContext.of(() -> this.current);

	private final SSLContext client = Keys.context(Keys.client(), Keys.ALLOW);

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void engineWhenServerContextIsReplacedByOneOfSameKeyResumesNothing(String protocol) throws SSLException {
		SSLContext unchanged = this.current;
		assertThat(asks(() -> handshake(this.client, protocol))).isOne();
		assertThat(asks(() -> handshake(this.client, protocol))).as("resumed").isZero();
		this.current = Keys.context(this.key, this.counting);
		assertThat(asks(() -> handshake(this.client, protocol))).as("replaced").isOne();
		assertThat(asks(() -> handshake(this.client, protocol))).as("resumed again").isZero();
		assertThat(this.current).isNotSameAs(unchanged);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void engineWhenClientContextIsReplacedResumesNothing(String protocol) throws SSLException {
		SSLContext server = Keys.context(Keys.server(), Keys.ALLOW);
		this.current = Keys.context(Keys.client(), this.counting);
		assertThat(asks(() -> handshake(this.delegating, server, protocol))).isOne();
		assertThat(asks(() -> handshake(this.delegating, server, protocol))).as("resumed").isZero();
		this.current = Keys.context(Keys.client(), this.counting);
		assertThat(asks(() -> handshake(this.delegating, server, protocol))).as("replaced").isOne();
	}

	@Test
	void engineWhenContextIsReplacedGoesOn() throws SSLException {
		SSLEngine engine = this.delegating.createSSLEngine();
		this.current = Keys.context(this.key, Keys.DENY);
		engine.setNeedClientAuth(true);
		assertThat(EngineHandshake.of(clientEngine(this.client, "TLSv1.3"), engine).succeeded()).isTrue();
		assertThat(handshake(this.client, "TLSv1.3").succeeded()).isFalse();
	}

	@Test
	void engineWhenHostIsGivenKnowsHost() {
		SSLEngine engine = this.delegating.createSSLEngine("localhost", 8443);
		assertThat(engine.getPeerHost()).isEqualTo("localhost");
		assertThat(engine.getPeerPort()).isEqualTo(8443);
	}

	@ParameterizedTest
	@EnumSource
	void serverSocketWhenContextIsReplacedAcceptsWithNewAndKeepsOldConnections(ServerSocketDoor door)
			throws IOException {
		SSLServerSocket listener = (SSLServerSocket) door.open(this.delegating.getServerSocketFactory());
		listener.setNeedClientAuth(true);
		try (LoopbackServer server = new LoopbackServer(listener);
				SSLSocket standing = connect(this.client, server);
				SSLSocket resumed = connect(this.client, server)) {
			assertThat(this.asked).hasValue(1);
			assertThat(resumed.getSession().getCreationTime()).isEqualTo(standing.getSession().getCreationTime());
			this.current = Keys.context(this.key, Keys.DENY);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(this.client, server));
			LoopbackServer.ping(standing);
			LoopbackServer.ping(resumed);
		}
	}

	@Test
	void serverSocketKeepsSettingsForEachConnection() throws IOException {
		try (SSLServerSocket listener = (SSLServerSocket) this.delegating.getServerSocketFactory()
			.createServerSocket(0, 1, LOOPBACK)) {
			listener.setEnabledProtocols(new String[] { "TLSv1.2" });
			listener.setEnabledCipherSuites(new String[] { "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" });
			listener.setWantClientAuth(true);
			SSLParameters parameters = listener.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "h2" });
			listener.setSSLParameters(parameters);
			listener.setEnableSessionCreation(false);
			this.current = Keys.context(this.key, Keys.ALLOW);
			try (Socket peer = new Socket(LOOPBACK, listener.getLocalPort());
					SSLSocket accepted = (SSLSocket) listener.accept()) {
				assertThat(accepted.getUseClientMode()).isFalse();
				assertThat(accepted.getEnabledProtocols()).containsExactly("TLSv1.2");
				assertThat(accepted.getEnabledCipherSuites())
					.containsExactly("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
				assertThat(accepted.getWantClientAuth()).isTrue();
				assertThat(accepted.getNeedClientAuth()).isFalse();
				assertThat(accepted.getEnableSessionCreation()).isFalse();
				assertThat(accepted.getSSLParameters().getApplicationProtocols()).containsExactly("h2");
				assertThat(accepted.getInetAddress()).isEqualTo(LOOPBACK);
				assertThat(accepted.getPort()).isEqualTo(peer.getLocalPort());
			}
			listener.setUseClientMode(true);
			try (Socket peer = new Socket(LOOPBACK, listener.getLocalPort());
					SSLSocket accepted = (SSLSocket) listener.accept()) {
				assertThat(peer.isConnected()).isTrue();
				assertThat(accepted.getUseClientMode()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void socketWhenContextIsReplacedConnectsWithNewAndKeepsOldConnections(SocketDoor door) throws IOException {
		SSLContext serverContext = Keys.context(Keys.server(), Keys.ALLOW);
		this.current = Keys.context(Keys.client(), this.counting);
		SSLSocketFactory factory = this.delegating.getSocketFactory();
		try (LoopbackServer server = new LoopbackServer(
				serverContext.getServerSocketFactory().createServerSocket(0, 50, LOOPBACK));
				SSLSocket standing = door.connect(factory, server)) {
			LoopbackServer.ping(standing);
			assertThat(this.asked).hasValue(1);
			this.current = Keys.context(Keys.client(), Keys.DENY);
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> {
				try (SSLSocket next = door.connect(factory, server)) {
					LoopbackServer.ping(next);
				}
			}).havingCause().isInstanceOf(HandshakeRefusedException.class);
			LoopbackServer.ping(standing);
		}
	}

	@Test
	void socketWhenAcceptedByOthersSpeaksAsServer() throws IOException {
		SSLSocketFactory factory = this.delegating.getSocketFactory();
		try (ServerSocket plain = new ServerSocket(0, 1, LOOPBACK);
				Socket peer = new Socket(LOOPBACK, plain.getLocalPort());
				SSLSocket accepted = (SSLSocket) factory.createSocket(plain.accept(),
						new ByteArrayInputStream(new byte[0]), true)) {
			assertThat(peer.isConnected()).isTrue();
			assertThat(accepted.getUseClientMode()).isFalse();
		}
	}

	@Test
	void factoriesAndParametersAreThoseOfCurrentContext() {
		SSLContext context = this.current;
		assertThat(this.delegating.getProvider()).isSameAs(context.getProvider());
		assertThat(this.delegating.getProtocol()).isEqualTo(context.getProtocol());
		assertThat(this.delegating.getDefaultSSLParameters().getCipherSuites())
			.isEqualTo(context.getDefaultSSLParameters().getCipherSuites());
		assertThat(this.delegating.getSupportedSSLParameters().getCipherSuites())
			.isEqualTo(context.getSupportedSSLParameters().getCipherSuites());
		assertThat(this.delegating.getSocketFactory().getDefaultCipherSuites())
			.isEqualTo(context.getSocketFactory().getDefaultCipherSuites());
		assertThat(this.delegating.getSocketFactory().getSupportedCipherSuites())
			.isEqualTo(context.getSocketFactory().getSupportedCipherSuites());
		assertThat(this.delegating.getServerSocketFactory().getDefaultCipherSuites())
			.isEqualTo(context.getServerSocketFactory().getDefaultCipherSuites());
		assertThat(this.delegating.getServerSocketFactory().getSupportedCipherSuites())
			.isEqualTo(context.getServerSocketFactory().getSupportedCipherSuites());
	}

	@Test
	void sessionContextsAreThoseOfCurrentContext() {
		assertThat(this.delegating.getServerSessionContext()).isSameAs(this.current.getServerSessionContext());
		assertThat(this.delegating.getClientSessionContext()).isSameAs(this.current.getClientSessionContext());
		this.current = Keys.context(this.key, Keys.ALLOW);
		assertThat(this.delegating.getServerSessionContext()).isSameAs(this.current.getServerSessionContext());
		assertThat(this.delegating.getClientSessionContext()).isSameAs(this.current.getClientSessionContext());
	}

	@Test
	void initThrows() {
		assertThatExceptionOfType(KeyManagementException.class)
			.isThrownBy(() -> this.delegating.init(null, null, null));
	}

	private int asks(Handshake handshake) throws SSLException {
		int before = this.asked.get();
		assertThat(handshake.run().succeeded()).isTrue();
		return this.asked.get() - before;
	}

	private EngineHandshake handshake(SSLContext client, String protocol) throws SSLException {
		return handshake(client, this.delegating, protocol);
	}

	private static EngineHandshake handshake(SSLContext client, SSLContext server, String protocol)
			throws SSLException {
		SSLEngine serverEngine = server.createSSLEngine();
		serverEngine.setUseClientMode(false);
		serverEngine.setNeedClientAuth(true);
		return EngineHandshake.of(clientEngine(client, protocol), serverEngine);
	}

	private static SSLEngine clientEngine(SSLContext context, String protocol) {
		SSLEngine engine = context.createSSLEngine("localhost", 8443);
		engine.setUseClientMode(true);
		engine.setEnabledProtocols(new String[] { protocol });
		return engine;
	}

	private static SSLSocket connect(SSLContext context, LoopbackServer server) throws IOException {
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(server.address(), server.port());
		try {
			LoopbackServer.ping(socket);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	/**
	 * A handshake to count during.
	 */
	@FunctionalInterface
	private interface Handshake {

		EngineHandshake run() throws SSLException;

	}

	/**
	 * Every way to a server socket.
	 */
	enum ServerSocketDoor {

		UNBOUND {
			@Override
			ServerSocket open(SSLServerSocketFactory factory) throws IOException {
				ServerSocket socket = factory.createServerSocket();
				socket.bind(null);
				return socket;
			}
		},

		PORT {
			@Override
			ServerSocket open(SSLServerSocketFactory factory) throws IOException {
				return factory.createServerSocket(0);
			}
		},

		BACKLOG {
			@Override
			ServerSocket open(SSLServerSocketFactory factory) throws IOException {
				return factory.createServerSocket(0, 10);
			}
		},

		ADDRESS {
			@Override
			ServerSocket open(SSLServerSocketFactory factory) throws IOException {
				return factory.createServerSocket(0, 10, LOOPBACK);
			}
		};

		abstract ServerSocket open(SSLServerSocketFactory factory) throws IOException;

	}

	/**
	 * Every way to a client socket.
	 */
	enum SocketDoor {

		UNCONNECTED {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				Socket socket = factory.createSocket();
				socket.connect(server.socketAddress());
				return socket;
			}
		},

		NAME {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				return factory.createSocket("127.0.0.1", server.port());
			}
		},

		NAME_AND_LOCAL_ADDRESS {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				return factory.createSocket("127.0.0.1", server.port(), LOOPBACK, 0);
			}
		},

		ADDRESS {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				return factory.createSocket(server.address(), server.port());
			}
		},

		ADDRESS_AND_LOCAL_ADDRESS {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				return factory.createSocket(server.address(), server.port(), LOOPBACK, 0);
			}
		},

		LAYERED {
			@Override
			Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException {
				Socket plain = new Socket(server.address(), server.port());
				return factory.createSocket(plain, "localhost", server.port(), true);
			}
		};

		abstract Socket open(SSLSocketFactory factory, LoopbackServer server) throws IOException;

		SSLSocket connect(SSLSocketFactory factory, LoopbackServer server) throws IOException {
			SSLSocket socket = (SSLSocket) open(factory, server);
			socket.startHandshake();
			return socket;
		}

	}

}
