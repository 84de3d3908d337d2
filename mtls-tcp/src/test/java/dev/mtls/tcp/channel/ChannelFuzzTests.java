package dev.mtls.tcp.channel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.tcp.Leaks;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with thousands of connections that do something else than the protocol says, the
 * same in each run.
 */
@Timeout(120)
class ChannelFuzzTests {

	private static final int CONNECTIONS = 2400;

	private static final int MAX_MESSAGE_SIZE = 1024;

	private final Channels channels = new Channels();

	private final Random random = new Random(20_261_122);

	private final List<String> received = new CopyOnWriteArrayList<>();

	private final Set<String> sent = new HashSet<>();

	private byte[] frameOfBefore = new byte[64];

	@AfterEach
	void close() {
		this.channels.close();
	}

	@Test
	void serverEndsEachConnectionAndServesOthers() throws IOException {
		TcpListener listener = listen();
		honest(listener);
		int threads = ManagementFactory.getThreadMXBean().getThreadCount();
		for (int i = 0; i < CONNECTIONS; i++) {
			attack(listener, Attack.values()[i % Attack.values().length], i);
		}
		Site.await(() -> listener.connections() == 0);
		assertThat(this.received).doesNotHaveDuplicates();
		assertThat(this.sent).containsAll(this.received);
		assertThat(this.received).as("those before the frames that are wrong").hasSameSizeAs(this.sent);
		honest(listener);
		assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 5);
		collect();
		Leaks.check();
	}

	@Test
	void framesThatAreReorderedOrDroppedArriveAsTheyCome() throws IOException {
		TcpListener listener = listen();
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			try (Socket socket = PlainClient.connect(listener.port())) {
				ForeignPeer peer = ForeignPeer.client(socket.getInputStream(), socket.getOutputStream());
				List<String> messages = new ArrayList<>();
				for (int j = 0; j < 50; j++) {
					messages.add("%d of %d".formatted(j, i));
				}
				Collections.shuffle(messages, this.random);
				for (String message : messages.subList(0, 40)) {
					peer.sendRaw(frame(peer, message));
				}
				expected.addAll(messages.subList(0, 40));
				peer.close();
				PlainClient.countUntilEnd(socket);
			}
		}
		assertThat(this.received).isEqualTo(expected);
	}

	@Test
	void frameThatIsRepeatedAfterMoreThanAreKeptArrivesAgain() throws IOException {
		TcpListener listener = listen();
		try (Socket socket = PlainClient.connect(listener.port())) {
			ForeignPeer peer = ForeignPeer.client(socket.getInputStream(), socket.getOutputStream());
			byte[] repeated = frame(peer, "again");
			peer.sendRaw(repeated);
			for (int i = 0; i < 1024; i++) {
				peer.sendRaw(frame(peer, "x"));
			}
			peer.sendRaw(repeated);
			peer.sendRaw(repeated);
			PlainClient.countUntilEnd(socket);
		}
		Site.await(() -> listener.connections() == 0);
		assertThat(this.received).hasSize(1026).startsWith("again").endsWith("again");
	}

	private TcpListener listen() {
		return this.channels.listen(this.channels.server(Way.UNAUTHENTICATED)
			.maxMessageSize(MAX_MESSAGE_SIZE)
			.handle((channel) -> channel.send(Channels.bytes("greeting"))
				.thenMany(channel.receive().map(Channels::text).doOnNext(this.received::add))
				.then()));
	}

	private void honest(TcpListener listener) {
		MessageChannel channel = this.channels.connect(Way.UNAUTHENTICATED, listener);
		assertThat(Site.get(channel.receive().next())).asString().isEqualTo("greeting");
		String message = "honest " + this.sent.size();
		this.sent.add(message);
		Site.end(channel.send(Channels.bytes(message)));
		channel.close();
		Site.await(() -> this.received.contains(message));
	}

	private void attack(TcpListener listener, Attack attack, int number) throws IOException {
		try (Socket socket = PlainClient.connect(listener.port())) {
			try {
				if (attack.isBeforeKeyExchange()) {
					socket.getOutputStream().write(request(attack));
				}
				else {
					send(attack, number, ForeignPeer.client(socket.getInputStream(), socket.getOutputStream()),
							socket.getInputStream());
				}
				socket.shutdownOutput();
			}
			catch (SocketException ex) {
				// Reset while there was more to send
			}
			PlainClient.countUntilEnd(socket);
		}
	}

	private byte[] request(Attack attack) {
		byte[] request = bytes(ForeignPeer.REQUEST + this.random.nextInt(60));
		switch (attack) {
			case REQUEST_OF_ANYTHING -> request[0] = (byte) (2 + this.random.nextInt(250));
			case REQUEST_CUT -> {
				request[0] = 1;
				return Arrays.copyOf(request, this.random.nextInt(ForeignPeer.REQUEST));
			}
			default -> {
				Arrays.fill(request, 0, 33, (byte) 0);
				request[0] = 1;
				request[1] = (byte) this.random.nextInt(2);
			}
		}
		return request;
	}

	private void send(Attack attack, int number, ForeignPeer peer, InputStream input) throws IOException {
		String message = "message %d".formatted(number);
		byte[] whole = frame(peer, message);
		this.sent.add(message);
		peer.sendRaw(whole);
		byte[] frame = frame(peer, "never " + number);
		peer.sendRaw(switch (attack) {
			case ANYTHING -> bytes(4 + this.random.nextInt(2 * MAX_MESSAGE_SIZE));
			case CUT -> Arrays.copyOf(frame, 1 + this.random.nextInt(frame.length - 1));
			case BIT_FLIPPED -> {
				frame[this.random.nextInt(frame.length)] ^= (byte) (1 << this.random.nextInt(8));
				yield frame;
			}
			case REPEATED -> whole;
			case REFLECTED -> input.readNBytes(4 + 12 + "greeting".length() + 16);
			case OF_ANOTHER_CONNECTION -> this.frameOfBefore;
			case TOO_LONG -> withLength(frame, MAX_MESSAGE_SIZE + 17 + this.random.nextInt(1 << 30));
			case NEGATIVE -> withLength(frame, this.random.nextInt() | Integer.MIN_VALUE);
			case WITHOUT_TAG -> withLength(frame, 1 + this.random.nextInt(15));
			default -> {
				byte[] closing = new byte[4 + frame.length];
				System.arraycopy(frame, 0, closing, 4, frame.length);
				yield closing;
			}
		});
		this.frameOfBefore = whole;
	}

	private byte[] frame(ForeignPeer peer, String message) {
		return peer.frame(Channels.bytes(message), bytes(12));
	}

	private byte[] bytes(int length) {
		byte[] bytes = new byte[length];
		this.random.nextBytes(bytes);
		return bytes;
	}

	private static byte[] withLength(byte[] frame, int length) {
		return ByteBuffer.wrap(frame).putInt(0, length).array();
	}

	// Netty reports when it makes the next buffer
	private static void collect() {
		PooledByteBufAllocator allocator = new PooledByteBufAllocator(false);
		for (int i = 0; i < 5; i++) {
			System.gc();
			ByteBuf buffer = allocator.heapBuffer(16);
			buffer.release();
		}
	}

	/**
	 * What a connection does.
	 */
	enum Attack {

		REQUEST_OF_ANYTHING, REQUEST_CUT, REQUEST_WITH_KEY_OF_LOW_ORDER, ANYTHING, CUT, BIT_FLIPPED, REPEATED,
		REFLECTED, OF_ANOTHER_CONNECTION, TOO_LONG, NEGATIVE, WITHOUT_TAG, BEHIND_THE_END;

		boolean isBeforeKeyExchange() {
			return name().startsWith("REQUEST");
		}

	}

}
