package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.socket.MtlsConnection;
import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link BlockingListener}.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingListenerTests {

	private final Ends ends = new Ends();

	@AfterEach
	void close() {
		this.ends.close();
	}

	@ParameterizedTest
	@EnumSource
	void acceptWhenOtherClientIsSilentDoesNotWaitForIt(Way way) throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(way));
		try (Socket silent = PlainClient.connect(listener.port())) {
			Future<BlockingChannel> client = this.ends.start(() -> {
				BlockingChannel channel = this.ends.connect(way, listener);
				channel.send(new byte[] { 5 });
				return channel;
			});
			BlockingChannel first = this.ends.closed(listener.accept());
			BlockingChannel channel = (first.remoteAddress().getPort() == silent.getLocalPort())
					? this.ends.closed(listener.accept()) : first;
			assertThat(channel.receive()).containsExactly(5);
			assertThat(Ends.get(client).isOpen()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void serveWhenOtherClientIsSilentServes(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		try (Socket silent = PlainClient.connect(listener.port())) {
			BlockingChannel channel = this.ends.connect(way, listener);
			channel.send(new byte[] { 5 });
			assertThat(channel.receive()).containsExactly(5);
			assertThat(silent.isConnected()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenAnotherThreadAcceptsEndsIt(Way way) throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(way));
		Future<BlockingChannel> accepting = this.ends.start(listener::accept);
		listener.close();
		assertThat(Ends.failure(accepting)).isInstanceOf(ClosedChannelException.class);
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(listener::accept);
	}

	@ParameterizedTest
	@EnumSource
	void closeEndsServeAndLetsChannelsGoOn(Way way) throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(way));
		Future<Integer> serving = this.ends.start(() -> {
			listener.serve(Ends::echo);
			return 0;
		});
		BlockingChannel channel = this.ends.connect(way, listener);
		channel.send(new byte[] { 1 });
		assertThat(channel.receive()).containsExactly(1);
		listener.close();
		assertThat(Ends.get(serving)).isZero();
		channel.send(new byte[] { 2 });
		assertThat(channel.receive()).containsExactly(2);
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenDrainedWaitsForChannels(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		BlockingChannel channel = this.ends.connect(way, listener);
		channel.send(new byte[] { 1 });
		assertThat(channel.receive()).containsExactly(1);
		Blocked closing = new Blocked(() -> {
			listener.close(Duration.ofSeconds(20));
			return System.nanoTime();
		});
		closing.awaitWaiting();
		long closed = System.nanoTime();
		channel.close();
		assertThat((Long) closing.get()).isGreaterThan(closed);
	}

	@ParameterizedTest
	@EnumSource
	void closeWhenDrainIsOverCutsChannels(Way way) throws Exception {
		CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
		CompletableFuture<Thread> handling = new CompletableFuture<>();
		BlockingListener listener = this.ends.serve(this.ends.serverChannels(way), (channel) -> {
			Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> uncaught.complete(ex));
			handling.complete(Thread.currentThread());
			Ends.echo(channel);
		});
		BlockingChannel channel = this.ends.connect(way, listener);
		channel.send(new byte[] { 1 });
		assertThat(channel.receive()).containsExactly(1);
		listener.close(Duration.ofMillis(10));
		assertThatIOException().isThrownBy(channel::receive);
		if (way == Way.KEY_EXCHANGE) {
			// Others are threads of their context, which go on
			Ends.get(handling).join(TimeUnit.SECONDS.toMillis(Ends.BOUND_SECONDS));
		}
		assertThat(uncaught).isNotDone();
	}

	@ParameterizedTest
	@EnumSource
	void serveWhenHandlerThrowsTellsUncaughtAndServesOthers(Way way) throws Exception {
		CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
		BlockingListener listener = this.ends.serve(this.ends.serverChannels(way), (channel) -> {
			Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> uncaught.complete(ex));
			if (Objects.requireNonNull(channel.receive()).length == 0) {
				throw new IllegalStateException("An empty one");
			}
			channel.send(new byte[] { 1 });
		});
		BlockingChannel first = this.ends.connect(way, listener);
		first.send(new byte[0]);
		assertThat(Ends.get(uncaught)).isInstanceOf(IllegalStateException.class);
		assertThat(first.receive()).isNull();
		BlockingChannel second = this.ends.connect(way, listener);
		second.send(new byte[1]);
		assertThat(second.receive()).containsExactly(1);
	}

	@Test
	void serveWhenPeerViolatesProtocolTellsUncaught() throws Exception {
		CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
		BlockingListener listener = this.ends.serve(this.ends.serverChannels(Way.SECURE), (channel) -> {
			Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> uncaught.complete(ex));
			Ends.echo(channel);
		});
		try (MtlsConnection client = this.ends.clientContext().connect(Ends.target(listener), Ends.SECURE_PROFILE)) {
			client.outputStream().write(new byte[] { -1, -1, -1, -1 });
			assertThat(Ends.get(uncaught)).isInstanceOf(ChannelException.class);
		}
	}

	@Test
	void acceptWhenNetworkIsNotAllowedResetsClientBeforeAByte() throws Exception {
		BlockingListener listener = this.ends
			.listen(BlockingChannels.unauthenticated().allowedNetworks("127.0.0.2/32"));
		Future<BlockingChannel> accepting = this.ends.start(listener::accept);
		// Which may be so soon that it has not noticed that it is connected
		assertThatIOException().isThrownBy(() -> readFrom(listener.port())).withMessageContaining("reset");
		assertThat(accepting).isNotDone();
		try (Socket allowed = PlainClient.connect(listener.port(), "127.0.0.2");
				BlockingChannel channel = Ends.get(accepting)) {
			assertThat(channel.remoteAddress()).isEqualTo(allowed.getLocalSocketAddress());
		}
	}

	@Test
	void connectWhenNetworkIsNotAllowedConnectsToNobody() throws Exception {
		try (ServerSocket server = new ServerSocket(0)) {
			server.setSoTimeout(100);
			BlockingChannels channels = BlockingChannels.unauthenticated().allowedNetworks("192.0.2.0/24");
			assertRefused(() -> channels.connect("127.0.0.1:" + server.getLocalPort()), Reason.ADDRESS_NOT_ALLOWED);
			assertThatIOException().isThrownBy(server::accept);
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenCertificateIsNotTrustedIsRefused(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		TestAuthority other = TestAuthority.create();
		MtlsContext stranger = this.ends.context(other.client("mallory.example.com"));
		BlockingChannels channels = Ends.channels(way, stranger);
		if (way == Way.KEY_EXCHANGE) {
			// Nobody looks at certificates
			try (BlockingChannel channel = channels.connect(Ends.target(listener))) {
				assertThat(channel.peerIdentity()).isNull();
			}
			return;
		}
		// With TLS 1.3 the refusal shows after the client's handshake
		assertThat(refusal(channels, listener)).isInstanceOfAny(IOException.class, MtlsException.class);
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256",
			"TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" })
	void acceptWhenClientOffersLessThanSecureProfileIsRefused(String protocol, String suite) throws Exception {
		BlockingListener listener = this.ends.echo(Way.SECURE);
		try (SSLSocket tls = PlainClient.tls(Ends.AUTHORITY.client("raw").sslContext(Ends.AUTHORITY),
				PlainClient.connect(listener.port()), protocol)) {
			tls.setEnabledCipherSuites(new String[] { suite });
			assertThatIOException().isThrownBy(tls::startHandshake);
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" })
	void connectWhenServerOffersLessThanSecureProfileIsRefused(String protocol, String suite) {
		TlsProfile weaker = new TlsProfile(List.of(protocol), List.of(suite), List.of());
		MtlsContext context = this.ends.context(Ends.AUTHORITY.server());
		BlockingListener listener = this.ends.serve(BlockingChannels.secure(context, weaker), Ends::echo);
		assertRefused(() -> this.ends.clientChannels(Way.SECURE).connect(Ends.target(listener)),
				Reason.HANDSHAKE_FAILED);
	}

	private static int readFrom(int port) throws IOException {
		try (Socket socket = PlainClient.connect(port)) {
			return socket.getInputStream().read();
		}
	}

	private static Throwable refusal(BlockingChannels channels, BlockingListener listener) {
		try (BlockingChannel channel = channels.connect(Ends.target(listener))) {
			channel.receive();
			throw new AssertionError("It was not refused");
		}
		catch (IOException | MtlsException ex) {
			return ex;
		}
	}

	private static void assertRefused(ThrowingCallable code, Reason reason) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(code)
			.extracting(MtlsException::reason)
			.isEqualTo(reason);
	}

}
