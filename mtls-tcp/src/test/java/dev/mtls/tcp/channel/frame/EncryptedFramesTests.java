package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.tcp.channel.ForeignPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EncryptedFrames}.
 */
class EncryptedFramesTests {

	private static final int LIMIT = 4096;

	private static final byte[] KEY = FrameBytes.message(32);

	private final EncryptedFrames frames = frames(new Nonce(1, 0));

	private final EncryptedFrames peer = frames(new Nonce(2, 0));

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 15, 16, 17, 1024, LIMIT })
	void readWhenWrittenIsTheMessage(int size) throws Exception {
		byte[] message = FrameBytes.message(size);
		assertThat(FrameBytes.read(this.peer, FrameBytes.write(this.frames, message))).isEqualTo(message);
		assertThat(FrameBytes.read(this.frames, FrameBytes.write(this.peer, message))).isEqualTo(message);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 15, 16, 17, 1024, 65_535, 1 << 20 })
	void readWhenBuffersAreDirectIsTheMessage(int size) throws Exception {
		EncryptedFrames large = new EncryptedFrames(new SharedKey(KEY.clone()), 1 << 20, new SecureRandom());
		EncryptedFrames largePeer = new EncryptedFrames(new SharedKey(KEY.clone()), 1 << 20, new SecureRandom());
		byte[] message = FrameBytes.message(size);
		ByteBuffer frame = ByteBuffer.allocateDirect(large.lengthOf(message) + 7).position(7);
		large.write(message, frame);
		assertThat(frame.hasRemaining()).isFalse();
		frame.position(7);
		assertThat(largePeer.bodyLength(frame.getInt())).isEqualTo(frame.remaining());
		assertThat(largePeer.read(frame)).isEqualTo(message);
		assertThat(frame.hasRemaining()).isFalse();
	}

	@Test
	void writeWhenMessageIsTooLongIsRefusedAndTheNextIsNot() throws Exception {
		byte[] message = new byte[LIMIT + 1];
		ByteBuffer frame = ByteBuffer.allocate(2 * LIMIT);
		assertThatIllegalArgumentException().isThrownBy(() -> this.frames.lengthOf(message))
			.withMessageContaining("4097")
			.withMessageContaining("4096");
		assertThatIllegalArgumentException().isThrownBy(() -> this.frames.write(message, frame));
		assertThat(frame.position()).isZero();
		assertThat(nonce(FrameBytes.write(this.frames, new byte[1]))).isEqualTo(new Nonce(1, 0));
	}

	@Test
	void writeHasTheLayoutOfTheProtocol() throws Exception {
		byte[] message = FrameBytes.message(20);
		byte[] frame = FrameBytes.write(this.frames, message);
		assertThat(frame).hasSize(4 + 12 + 20 + 16).isEqualTo(ForeignPeer.frame(KEY, message, nonce(1, 0)));
		assertThat(Arrays.copyOf(frame, 16)).asHexString().isEqualTo("00000024000000010000000000000000");
		assertThat(ForeignPeer.open(KEY, nonce(1, 0), Arrays.copyOfRange(frame, 16, 52))).isEqualTo(message);
	}

	@Test
	void readWhenOfAForeignPeerIsTheMessage() throws Exception {
		byte[] message = FrameBytes.message(20);
		assertThat(FrameBytes.read(this.frames, ForeignPeer.frame(KEY, message, FrameBytes.message(12))))
			.isEqualTo(message);
	}

	@Test
	void writeCountsItsNonces() throws Exception {
		EncryptedFrames last = frames(new Nonce(-1, -3));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(-1, -3));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(-1, -2));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(-1, -1));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(0, 0));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(0, 1));
	}

	@Test
	void writeBeginsWithARandomNonce() throws Exception {
		EncryptedFrames one = new EncryptedFrames(new SharedKey(KEY.clone()), LIMIT, new SecureRandom());
		EncryptedFrames other = new EncryptedFrames(new SharedKey(KEY.clone()), LIMIT, new SecureRandom());
		Nonce first = nonce(FrameBytes.write(one, new byte[1]));
		assertThat(nonce(FrameBytes.write(one, new byte[1]))).isEqualTo(first.plus(1));
		Nonce otherFirst = nonce(FrameBytes.write(other, new byte[1]));
		assertThat(otherFirst.high()).isNotEqualTo(first.high());
		assertThat(otherFirst.low()).isNotEqualTo(first.low());
	}

	@Test
	void writeWhenAllNoncesAreUsedIsRefused() throws Exception {
		EncryptedFrames last = new EncryptedFrames(new SharedKey(KEY.clone()), LIMIT,
				new CounterNonces(new Nonce(3, 0), (1L << 32) - 2));
		assertThat(nonce(FrameBytes.write(last, new byte[1]))).isEqualTo(new Nonce(3, 0xffff_fffeL));
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.write(last, new byte[1]))
				.withMessageContaining("4294967295")
				.withMessageContaining("connect again");
		}
		assertThat(FrameBytes.read(last, FrameBytes.write(this.peer, new byte[1]))).hasSize(1);
	}

	@Test
	void readWhenOneOfTheLastFramesComesAgainIsRefused() throws Exception {
		byte[][] written = new byte[1500][];
		for (int i = 0; i < written.length; i++) {
			written[i] = FrameBytes.write(this.peer, new byte[] { (byte) i });
			FrameBytes.read(this.frames, written[i]);
			assertTwice(written[i]);
		}
		for (int i = written.length - 1024; i < written.length; i++) {
			assertTwice(written[i]);
		}
		assertThat(FrameBytes.read(this.frames, written[written.length - 1025])).hasSize(1);
	}

	@Test
	void readWhenFewFramesWereReadRefusesEachAgain() throws Exception {
		byte[][] written = new byte[40][];
		for (int i = 0; i < written.length; i++) {
			written[i] = FrameBytes.write(this.peer, new byte[] { (byte) i });
			FrameBytes.read(this.frames, written[i]);
			for (int j = 0; j <= i; j++) {
				assertTwice(written[j]);
			}
		}
	}

	@Test
	void readWhenAnotherMessageHasANonceAgainIsRefused() throws Exception {
		FrameBytes.read(this.frames, ForeignPeer.frame(KEY, new byte[1], nonce(7, 7)));
		assertTwice(ForeignPeer.frame(KEY, new byte[2], nonce(7, 7)));
		assertThat(FrameBytes.read(this.frames, ForeignPeer.frame(KEY, new byte[2], nonce(7, 8)))).hasSize(2);
		assertThat(FrameBytes.read(this.frames, ForeignPeer.frame(KEY, new byte[2], nonce(8, 7)))).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "1,0", "-1,-3", "5,-2" })
	void readWhenOwnFrameComesBackIsRefused(int high, long low) throws Exception {
		EncryptedFrames own = frames(new Nonce(high, low));
		byte[][] written = new byte[1500][];
		for (int i = 0; i < written.length; i++) {
			written[i] = FrameBytes.write(own, new byte[] { (byte) i });
		}
		for (byte[] frame : written) {
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(own, frame))
				.withMessageContaining("came back");
		}
		byte[] next = new Nonce(high, low).plus(written.length).bytes();
		assertThat(FrameBytes.read(own, ForeignPeer.frame(KEY, new byte[1], next))).hasSize(1);
	}

	@Test
	void readWhenABitIsFlippedIsRefused() throws Exception {
		byte[] message = FrameBytes.message(20);
		byte[] frame = FrameBytes.write(this.peer, message);
		for (int bit = 8 * Frames.HEADER; bit < 8 * frame.length; bit++) {
			byte[] flipped = FrameBytes.flip(frame, bit);
			assertThatExceptionOfType(ChannelException.class).as("bit %d", bit)
				.isThrownBy(() -> FrameBytes.read(this.frames, flipped))
				.withMessageContaining("not encrypted with the key");
		}
		// A forged frame takes no nonce away from the true one
		assertThat(FrameBytes.read(this.frames, frame)).isEqualTo(message);
	}

	@Test
	void readWhenABitOfTheHeaderIsFlippedIsRefused() throws Exception {
		byte[] frame = FrameBytes.write(this.peer, FrameBytes.message(20));
		byte[] received = Arrays.copyOf(frame, 4 + 12 + LIMIT + 16);
		for (int bit = 0; bit < 8 * Frames.HEADER; bit++) {
			byte[] flipped = FrameBytes.flip(received, bit);
			assertThatExceptionOfType(ChannelException.class).as("bit %d", bit)
				.isThrownBy(() -> FrameBytes.read(this.frames, flipped));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1 })
	void readWhenLengthIsWrongByOneIsRefused(int difference) throws Exception {
		byte[] received = ByteBuffer.allocate(2 * (4 + 12 + 20 + 16))
			.put(FrameBytes.write(this.peer, FrameBytes.message(20)))
			.put(FrameBytes.write(this.peer, FrameBytes.message(20)))
			.putInt(0, 20 + 16 + difference)
			.array();
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(this.frames, received));
	}

	@Test
	void readWhenTruncatedIsRefused() throws Exception {
		byte[] frame = FrameBytes.write(this.peer, FrameBytes.message(20));
		for (int length = 0; length < frame.length - Frames.HEADER; length++) {
			ByteBuffer body = ByteBuffer.wrap(frame, Frames.HEADER, length);
			assertThatExceptionOfType(ChannelException.class).as("%d bytes", length)
				.isThrownBy(() -> this.frames.read(body));
		}
	}

	@Test
	void readWhenEncryptedWithAnotherKeyIsRefused() {
		byte[] frame = ForeignPeer.frame(FrameBytes.flip(KEY, 255), new byte[1], nonce(7, 7));
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(this.frames, frame));
	}

	@Test
	void bodyLengthWhenInLimitsIsThatOfNonceAndCiphertextAndTag() throws Exception {
		assertThat(this.frames.bodyLength(16)).isEqualTo(28);
		assertThat(this.frames.bodyLength(LIMIT + 16)).isEqualTo(LIMIT + 28);
	}

	@Test
	void bodyLengthWhenZeroClosesAsClosingDoes() throws Exception {
		assertThat(this.frames.bodyLength(0)).isEqualTo(-1);
		assertThat(this.frames.closing()).containsExactly(0, 0, 0, 0);
	}

	@Test
	void bodyLengthWhenThereIsNoTagIsRefused() {
		assertThat(IntStream.range(1, 16)).allSatisfy((header) -> assertThatExceptionOfType(ChannelException.class)
			.isThrownBy(() -> this.frames.bodyLength(header))
			.withMessageContaining("has no tag"));
	}

	@ParameterizedTest
	@ValueSource(ints = { LIMIT + 17, Integer.MAX_VALUE, 0x8000_0000, 0x8000_0010, 0xffff_fff0, 0xffff_ffff })
	void bodyLengthWhenTooLongIsRefused(int header) {
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> this.frames.bodyLength(header))
			.withMessageContaining("%d bytes", Integer.toUnsignedLong(header) - 16)
			.withMessageContaining("4096");
	}

	@Test
	void bodyLengthWhenLimitIsTheGreatestDoesNotOverflow() throws Exception {
		EncryptedFrames greatest = new EncryptedFrames(new SharedKey(KEY.clone()), 1 << 30, new SecureRandom());
		assertThat(greatest.bodyLength((1 << 30) + 16)).isEqualTo((1 << 30) + 28);
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> greatest.bodyLength((1 << 30) + 17));
	}

	@Test
	void destroyOverwritesTheKey() throws Exception {
		byte[] key = KEY.clone();
		SharedKey shared = new SharedKey(key);
		EncryptedFrames destroyed = new EncryptedFrames(shared, LIMIT, new CounterNonces(new Nonce(3, 0), 0));
		byte[] frame = FrameBytes.write(this.peer, new byte[1]);
		FrameBytes.write(destroyed, new byte[1]);
		for (int i = 0; i < 2; i++) {
			destroyed.destroy();
			assertThat(key).containsOnly(0);
			assertThat(shared.isDestroyed()).isTrue();
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.write(destroyed, new byte[1]))
				.withMessageContaining("closed");
			assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(destroyed, frame))
				.withMessageContaining("closed");
		}
	}

	@Test
	void destroyWhileOthersWriteAndReadEndsThem() throws Exception {
		byte[] message = FrameBytes.message(100);
		byte[][] received = new byte[200][];
		for (int i = 0; i < received.length; i++) {
			received[i] = FrameBytes.write(this.peer, message);
		}
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			for (int i = 0; i < 400; i++) {
				EncryptedFrames destroyed = frames(new Nonce(1, 0));
				CountDownLatch started = new CountDownLatch(2);
				Future<byte[]> lastWritten = threads.submit(() -> writeUntilClosed(destroyed, message, started));
				Future<byte[]> lastRead = threads.submit(() -> readUntilClosed(destroyed, received, started));
				assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
				destroyed.destroy();
				byte[] last = lastWritten.get();
				// With no other key, such as one that is overwritten
				assertThat(last).as("round %d", i)
					.isEqualTo(ForeignPeer.frame(KEY, message, Arrays.copyOfRange(last, 4, 16)));
				assertThat(lastRead.get()).isEqualTo(message);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static byte[] writeUntilClosed(EncryptedFrames frames, byte[] message, CountDownLatch started)
			throws ChannelException {
		byte[] last = FrameBytes.write(frames, message);
		started.countDown();
		try {
			while (true) {
				last = FrameBytes.write(frames, message);
			}
		}
		catch (ChannelException ex) {
			assertThat(ex).hasMessageContaining("closed");
			return last;
		}
	}

	private static byte[] readUntilClosed(EncryptedFrames frames, byte[][] received, CountDownLatch started)
			throws ChannelException {
		byte[] last = FrameBytes.read(frames, received[0]);
		started.countDown();
		try {
			for (int i = 1; i < received.length; i++) {
				last = FrameBytes.read(frames, received[i]);
			}
		}
		catch (ChannelException ex) {
			assertThat(ex).hasMessageContaining("closed");
		}
		return last;
	}

	private void assertTwice(byte[] frame) {
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> FrameBytes.read(this.frames, frame))
			.withMessageContaining("came twice");
	}

	private static EncryptedFrames frames(Nonce first) {
		return new EncryptedFrames(new SharedKey(KEY.clone()), LIMIT, new CounterNonces(first, 0));
	}

	private static byte[] nonce(int high, long low) {
		return new Nonce(high, low).bytes();
	}

	private static Nonce nonce(byte[] frame) {
		return Nonce.of(Arrays.copyOfRange(frame, 4, 16));
	}

}
