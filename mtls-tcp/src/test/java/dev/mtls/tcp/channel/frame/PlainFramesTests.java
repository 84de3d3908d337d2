package dev.mtls.tcp.channel.frame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PlainFrames}.
 */
class PlainFramesTests {

	private static final int LIMIT = 1000;

	private final PlainFrames frames = new PlainFrames(LIMIT);

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 255, 256, LIMIT })
	void readWhenWrittenIsTheMessage(int size) throws Exception {
		byte[] message = FrameBytes.message(size);
		byte[] frame = FrameBytes.write(this.frames, message);
		assertThat(frame).hasSize(4 + size);
		assertThat(FrameBytes.read(this.frames, frame)).isEqualTo(message);
	}

	@Test
	void writeHasLengthAndMessage() throws Exception {
		assertThat(FrameBytes.write(this.frames, new byte[] { 7, 8, 9 })).containsExactly(0, 0, 0, 3, 7, 8, 9);
		assertThat(this.frames.closing()).isEmpty();
		assertThat(this.frames.bodyLength(0)).isZero();
	}

	@Test
	void lengthOfWhenMessageIsTooLongIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.frames.lengthOf(new byte[LIMIT + 1]))
			.withMessageContaining("1001")
			.withMessageContaining("1000");
	}

	@ParameterizedTest
	@ValueSource(ints = { LIMIT + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1 })
	void bodyLengthWhenTooLongIsRefused(int header) {
		assertThatExceptionOfType(ChannelException.class).isThrownBy(() -> this.frames.bodyLength(header))
			.withMessageContaining("%d bytes", Integer.toUnsignedLong(header));
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, (1 << 30) + 1, Integer.MAX_VALUE })
	void createWhenLimitIsNoneIsRefused(int limit) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PlainFrames(limit))
			.withMessageContaining(Integer.toString(limit));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, Frames.DEFAULT_MAX_MESSAGE_SIZE, 1 << 30 })
	void createWhenLimitIsOneKeepsIt(int limit) throws Exception {
		assertThat(new PlainFrames(limit).bodyLength(limit)).isEqualTo(limit);
		assertThatExceptionOfType(ChannelException.class)
			.isThrownBy(() -> new PlainFrames(limit).bodyLength(limit + 1));
	}

}
