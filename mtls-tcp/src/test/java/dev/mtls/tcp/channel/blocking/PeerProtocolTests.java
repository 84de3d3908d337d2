package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.socket.MtlsConnection;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.PlainFrames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link BlockingChannel} with peers that do not keep to the protocol, or take
 * their time.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeerProtocolTests {

	private static final int GIB = 1 << 30;

	private final Ends ends = new Ends();

	@AfterEach
	void close() {
		this.ends.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 4, 5, 20, 60_000, 70_000, 200_027 })
	void receiveWhenTimeoutIsWithinEncryptedFrameLosesNothing(int split) throws Exception {
		byte[] message = new byte[200_000];
		Arrays.fill(message, (byte) 9);
		try (Accepted accepted = accept(BlockingChannels.unauthenticated().readTimeout(Duration.ofMillis(100)))) {
			RawClient client = accepted.client();
			byte[] frame = client.frame(message);
			client.write(Arrays.copyOf(frame, split));
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> accepted.channel().receive());
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> accepted.channel().receive());
			client.write(Arrays.copyOfRange(frame, split, frame.length));
			assertThat(accepted.channel().receive()).isEqualTo(message);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4, 5, 60_000, 70_000, 200_003 })
	void receiveWhenTimeoutIsWithinPlainFrameLosesNothing(int split) throws Exception {
		byte[] message = new byte[200_000];
		Arrays.fill(message, (byte) 9);
		byte[] frame = RawClient.frame(new PlainFrames(GIB), message);
		BlockingListener listener = this.ends
			.listen(this.ends.serverChannels(Way.SECURE).readTimeout(Duration.ofMillis(100)));
		try (MtlsConnection client = connectTls(listener); BlockingChannel channel = listener.accept()) {
			client.outputStream().write(frame, 0, split);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(channel::receive);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(channel::receive);
			client.outputStream().write(frame, split, frame.length - split);
			assertThat(channel.receive()).isEqualTo(message);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 4, 5, 31 })
	void receiveWhenConnectionEndsWithoutClosingFails(int length) throws Exception {
		try (Accepted accepted = accept(BlockingChannels.unauthenticated())) {
			RawClient client = accepted.client();
			client.write(Arrays.copyOf(client.frame(new byte[100]), length));
			client.socket().shutdownOutput();
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> accepted.channel().receive())
				.withMessageContaining((length == 0) ? "without closing the channel" : "within a frame");
			assertThat(accepted.channel().isOpen()).isFalse();
		}
	}

	@Test
	void receiveWhenKeyExchangeInMtlsEndsWithCloseNotifyAloneFails() throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(Way.KEY_EXCHANGE_IN_MTLS));
		try (MtlsConnection client = connectTls(listener); BlockingChannel channel = listener.accept()) {
			client.outputStream().write(new ClientKeyExchange().request());
			client.shutdownOutput();
			assertThatExceptionOfType(ChannelException.class).isThrownBy(channel::receive)
				.withMessageContaining("without closing the channel");
		}
	}

	@Test
	void receiveWhenCloseNotifyIsWithinPlainFrameFails() throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(Way.SECURE));
		try (MtlsConnection client = connectTls(listener); BlockingChannel channel = listener.accept()) {
			client.outputStream().write(new byte[] { 0, 0, 0, 2, 7 });
			client.shutdownOutput();
			assertThatExceptionOfType(ChannelException.class).isThrownBy(channel::receive)
				.withMessageContaining("within a frame");
		}
	}

	@Test
	void receiveWhenTlsEndsWithoutCloseNotifyFails() throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(Way.SECURE));
		try (Socket socket = PlainClient.connect(listener.port());
				SSLSocket tls = PlainClient.tls(Ends.AUTHORITY.client("raw.example.com").sslContext(Ends.AUTHORITY),
						socket, "TLSv1.3")) {
			tls.getOutputStream().write(new byte[] { 0, 0, 0, 1, 7 });
			try (BlockingChannel channel = listener.accept()) {
				assertThat(channel.receive()).containsExactly(7);
				socket.shutdownOutput();
				assertThatExceptionOfType(SSLException.class).isThrownBy(channel::receive)
					.withMessageContaining("without close_notify");
			}
		}
	}

	@Test
	void receiveWhenHeaderIsOversizeResetsPeer() throws Exception {
		try (Accepted accepted = accept(BlockingChannels.unauthenticated())) {
			accepted.client().write(new byte[] { -1, -1, -1, -1, 0, 0 });
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> accepted.channel().receive())
				.withMessageContaining("more than the 16777216 that are set");
			assertReset(accepted.client().socket());
		}
	}

	@Test
	void receiveWhenPlainHeaderIsOversizeResetsPeer() throws Exception {
		BlockingListener listener = this.ends.listen(this.ends.serverChannels(Way.SECURE));
		try (MtlsConnection client = connectTls(listener); BlockingChannel channel = listener.accept()) {
			client.outputStream().write(new byte[] { -1, -1, -1, -1, 0, 0 });
			assertThatExceptionOfType(ChannelException.class).isThrownBy(channel::receive);
			// In place of an end that was announced
			assertThatIOException().isThrownBy(() -> client.inputStream().read());
		}
	}

	@Test
	void receiveWhenMessageIsChangedResetsPeer() throws Exception {
		try (Accepted accepted = accept(BlockingChannels.unauthenticated())) {
			byte[] frame = accepted.client().frame(new byte[100]);
			frame[50] ^= 1;
			accepted.client().write(frame);
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> accepted.channel().receive());
			assertReset(accepted.client().socket());
			assertThatIOException().isThrownBy(() -> accepted.channel().send(new byte[1]))
				.withMessage("The channel is closed")
				.withCauseInstanceOf(ChannelException.class);
		}
	}

	@Test
	void receiveWhenHeaderAloneTellsOfMuchTakesLittleMemory() throws Exception {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		try (Accepted accepted = accept(
				BlockingChannels.unauthenticated().maxMessageSize(GIB).readTimeout(Duration.ofMillis(100)))) {
			accepted.client().write(ByteBuffer.allocate(100).putInt(GIB).array());
			long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> accepted.channel().receive());
			assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before).isLessThan(1_000_000);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "KEY_EXCHANGE" })
	void serveWhenClientSpeaksHttpDropsIt(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		try (Socket socket = PlainClient.connect(listener.port())) {
			socket.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertReset(socket);
		}
		assertEchoes(way, listener);
	}

	@ParameterizedTest
	@EnumSource(names = { "KEY_EXCHANGE" })
	void serveWhenClientSpeaksTlsDropsIt(Way way) throws Exception {
		BlockingListener listener = this.ends.echo(way);
		try (SSLSocket tls = PlainClient.tls(Ends.AUTHORITY.client("a").sslContext(Ends.AUTHORITY),
				PlainClient.connect(listener.port()))) {
			assertThatIOException().isThrownBy(tls::startHandshake);
		}
		assertEchoes(way, listener);
	}

	@Test
	void acceptWhenClientDoesNotExchangeKeysFailsOnUse() throws Exception {
		BlockingListener listener = this.ends
			.listen(BlockingChannels.unauthenticated().keyExchangeTimeout(Duration.ofMillis(100)));
		try (Socket socket = PlainClient.connect(listener.port()); BlockingChannel channel = listener.accept()) {
			socket.getOutputStream().write(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(channel::receive)
				.withMessage("The key exchange was not complete after 100 ms");
			assertThat(channel.isOpen()).isFalse();
			assertReset(socket);
		}
	}

	private void assertEchoes(Way way, BlockingListener listener) throws IOException {
		BlockingChannel channel = this.ends.connect(way, listener);
		channel.send(new byte[] { 4, 2 });
		assertThat(channel.receive()).containsExactly(4, 2);
	}

	private static void assertReset(Socket socket) {
		assertThatIOException().isThrownBy(() -> socket.getInputStream().read()).withMessageContaining("reset");
	}

	private MtlsConnection connectTls(BlockingListener listener) {
		return this.ends.clientContext().connect(Ends.target(listener), Ends.SECURE_PROFILE);
	}

	private Accepted accept(BlockingChannels channels) throws Exception {
		BlockingListener listener = this.ends.listen(channels);
		Future<RawClient> client = this.ends.start(() -> RawClient.connect(listener.port()));
		BlockingChannel channel = listener.accept();
		channel.open();
		return new Accepted(channel, Ends.get(client));
	}

	/**
	 * A channel that was accepted, of a client that sends whatever a test wants.
	 *
	 * @param channel the channel
	 * @param client the client
	 */
	private record Accepted(BlockingChannel channel, RawClient client) implements AutoCloseable {

		@Override
		public void close() throws IOException {
			this.client.close();
			this.channel.close();
		}

	}

}
