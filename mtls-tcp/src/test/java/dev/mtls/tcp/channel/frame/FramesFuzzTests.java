package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.tcp.channel.ForeignPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Sends frames of which many are changed, cut, reordered, repeated or made up. Each
 * failure tells the seed to put into {@link #seeds()}.
 */
class FramesFuzzTests {

	private static final int LIMIT = 500;

	private static final int FRAMES = 8_000;

	private static final int EXCHANGES = 150;

	static LongStream seeds() {
		return LongStream.of(1, 2, 3, System.nanoTime());
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void readWhenAnythingComesIsWhatWasSentOrRefused(long seed) {
		Receiver receiver = new Receiver(new Random(seed));
		for (int i = 0; i < FRAMES; i++) {
			try {
				receiver.next();
			}
			catch (ChannelException | RuntimeException | AssertionError ex) {
				throw new AssertionError("Seed %d, frame %d".formatted(seed, i), ex);
			}
		}
		assertThat(receiver.accepted).as("Seed %d", seed).isGreaterThan(FRAMES / 10);
		assertThat(receiver.refused).as("Seed %d", seed).isGreaterThan(FRAMES / 3);
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void readWhenPlainIsWhatWasSentOrRefused(long seed) throws Exception {
		Random random = new Random(seed);
		PlainFrames frames = new PlainFrames(LIMIT);
		for (int i = 0; i < FRAMES; i++) {
			int header = random.nextInt() >> random.nextInt(32);
			if (Integer.toUnsignedLong(header) > LIMIT) {
				assertThatExceptionOfType(ChannelException.class).as("Seed %d, frame %d", seed, i)
					.isThrownBy(() -> frames.bodyLength(header));
				continue;
			}
			assertThat(frames.bodyLength(header)).as("Seed %d, frame %d", seed, i).isEqualTo(header);
			byte[] body = bytes(random, header);
			assertThat(frames.read(ByteBuffer.wrap(body))).as("Seed %d, frame %d", seed, i).isEqualTo(body);
		}
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void exchangeWhenAnythingComesIsRefused(long seed) throws Exception {
		Random random = new Random(seed);
		ClientKeyExchange client = new ClientKeyExchange();
		byte[] response = ServerKeyExchange.answer(client.request(), LIMIT).response();
		for (int i = 0; i < EXCHANGES; i++) {
			byte[] request = masked(changed(random, client.request()));
			byte[] answer = random.nextBoolean() ? answer(request, seed) : null;
			byte[] other = (answer != null) ? answer : masked(changed(random, response));
			if (Arrays.equals(other, response) || (answer != null && Arrays.equals(request, client.request()))) {
				continue;
			}
			assertThatExceptionOfType(ChannelException.class).as("Seed %d, exchange %d", seed, i)
				.isThrownBy(() -> client.complete(other, LIMIT));
		}
	}

	private static byte @Nullable [] answer(byte[] request, long seed) {
		try {
			return ServerKeyExchange.answer(request, LIMIT).response();
		}
		catch (ChannelException ex) {
			return null;
		}
		catch (RuntimeException ex) {
			throw new AssertionError("Seed %d, request %s".formatted(seed, HexFormat.of().formatHex(request)), ex);
		}
	}

	// Without the bit that is no part of the public key (RFC 7748, section 5)
	private static byte[] masked(byte[] packet) {
		packet[Math.min(32, packet.length - 1)] &= 0x7f;
		return packet;
	}

	private static byte[] changed(Random random, byte[] bytes) {
		byte[] changed = bytes.clone();
		switch (random.nextInt(4)) {
			case 0 -> {
				for (int i = random.nextInt(3); i >= 0; i--) {
					changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
				}
			}
			case 1 -> changed = Arrays.copyOf(bytes, 1 + random.nextInt(2 * bytes.length));
			case 2 -> Arrays.fill(changed, random.nextInt(changed.length), changed.length, (byte) random.nextInt(2));
			default -> {
				int first = random.nextInt(changed.length);
				byte[] others = bytes(random, changed.length - first);
				System.arraycopy(others, 0, changed, first, others.length);
			}
		}
		return changed;
	}

	private static byte[] bytes(Random random, int length) {
		byte[] bytes = new byte[length];
		random.nextBytes(bytes);
		return bytes;
	}

	/**
	 * One side of a channel, and what it may take for a message of the peer.
	 */
	private static final class Receiver {

		private final Random random;

		private final byte[] key;

		private final EncryptedFrames own;

		private final EncryptedFrames peer;

		// By the body of their frame: those that were not accepted yet
		private final Map<String, byte[]> expected = new HashMap<>();

		private final List<byte[]> sent = new ArrayList<>();

		private final List<byte[]> held = new ArrayList<>();

		private int accepted;

		private int refused;

		Receiver(Random random) {
			this.random = random;
			this.key = bytes(random, 32);
			this.own = new EncryptedFrames(new SharedKey(this.key.clone()), LIMIT, new CounterNonces(nonce(), 0));
			this.peer = new EncryptedFrames(new SharedKey(this.key.clone()), LIMIT, new CounterNonces(nonce(), 0));
		}

		void next() throws ChannelException {
			byte[] frame = frame();
			switch (this.random.nextInt(12)) {
				case 0, 1 -> assertThat(receive(frame)).isTrue();
				case 2 -> {
					this.held.add(frame);
					assertThat(receive(this.held.remove(this.random.nextInt(this.held.size())))).isTrue();
				}
				case 3 -> this.held.add(frame);
				case 4 -> receive(changed(this.random, frame));
				case 5 -> receive(withLength(changed(this.random, frame)));
				case 6 -> assertThat(receive(again())).isFalse();
				case 7 -> assertThat(receive(FrameBytes.write(this.own, message()))).isFalse();
				case 8 -> receive(withHeader(frame, this.random.nextInt()));
				case 9 -> receive(withHeader(frame, frame.length - 16 + this.random.nextInt(3) - 1));
				case 10 -> assertThat(receive(spliced(frame))).isFalse();
				default -> receive(bytes(this.random, this.random.nextInt(2 * LIMIT)));
			}
		}

		// Whether it is accepted as the message that it is
		private boolean receive(byte[] received) {
			if (received.length < Frames.HEADER) {
				return false;
			}
			ByteBuffer buffer = ByteBuffer.wrap(received);
			byte[] message;
			byte[] body;
			try {
				int length = this.own.bodyLength(buffer.getInt());
				if (length == -1) {
					return false;
				}
				assertThat(length).isBetween(28, LIMIT + 28);
				body = new byte[Math.min(length, buffer.remaining())];
				buffer.get(body);
				message = this.own.read(ByteBuffer.wrap(body));
			}
			catch (ChannelException ex) {
				this.refused++;
				return false;
			}
			assertThat(message).isEqualTo(this.expected.remove(HexFormat.of().formatHex(body)));
			this.sent.add(received);
			this.accepted++;
			return true;
		}

		private byte[] frame() throws ChannelException {
			byte[] message = message();
			byte[] frame = this.random.nextBoolean() ? FrameBytes.write(this.peer, message)
					: ForeignPeer.frame(this.key, message, bytes(this.random, Nonce.LENGTH));
			this.expected.put(HexFormat.of().formatHex(frame, Frames.HEADER, frame.length), message);
			return frame;
		}

		private byte[] message() {
			return bytes(this.random, (this.random.nextInt(20) != 0) ? this.random.nextInt(70) : LIMIT);
		}

		// One of the last 1,024 that were accepted
		private byte[] again() {
			if (this.sent.isEmpty()) {
				return new byte[0];
			}
			return this.sent.get(this.sent.size() - 1 - this.random.nextInt(Math.min(1024, this.sent.size())));
		}

		// Another message with the tag of this one, or this one with another nonce
		private byte[] spliced(byte[] frame) {
			byte[] spliced = frame.clone();
			byte[] other = bytes(this.random, frame.length - 32);
			if (other.length == 0 || this.random.nextBoolean()) {
				System.arraycopy(bytes(this.random, Nonce.LENGTH), 0, spliced, Frames.HEADER, Nonce.LENGTH);
				return spliced;
			}
			System.arraycopy(other, 0, spliced, 16, other.length);
			spliced[16] = (byte) (frame[16] ^ (1 + this.random.nextInt(255)));
			return spliced;
		}

		private Nonce nonce() {
			return new Nonce(this.random.nextInt(), this.random.nextLong());
		}

		private static byte[] withHeader(byte[] frame, int header) {
			return ByteBuffer.wrap(frame.clone()).putInt(0, header).array();
		}

		// So that what is changed is left to the tag to find
		private static byte[] withLength(byte[] frame) {
			return (frame.length < 32) ? frame : withHeader(frame, frame.length - 16);
		}

	}

}
