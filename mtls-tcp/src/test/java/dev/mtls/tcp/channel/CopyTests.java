package dev.mtls.tcp.channel;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.channel.frame.PlainFrames;
import dev.mtls.tcp.channel.frame.ServerKeyExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a message on its way out is written into the buffer of its frame, and
 * nowhere else.
 */
class CopyTests {

	private static final int SIZE = 8 * 1024 * 1024;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@ParameterizedTest
	@MethodSource("frames")
	void writeTakesNoMemoryOfItsOwn(Frames frames) throws ChannelException {
		byte[] message = new byte[SIZE];
		ByteBuffer frame = ByteBuffer.allocate(frames.lengthOf(message));
		long before = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		frames.write(message, frame);
		long allocated = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
		assertThat(frame.remaining()).isZero();
		assertThat(allocated).isLessThan(SIZE / 8);
	}

	@ParameterizedTest
	@MethodSource("frames")
	void encoderTakesTheMemoryOfOneFrame(Frames frames) {
		EmbeddedChannel channel = new EmbeddedChannel(new FrameEncoder(frames));
		channel.config().setAllocator(new UnpooledByteBufAllocator(false));
		byte[] message = new byte[SIZE];
		long before = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		channel.writeOutbound((Object) message);
		long allocated = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
		assertThat(allocated).isBetween((long) SIZE, SIZE + SIZE / 8L);
		ByteBuf frame = channel.readOutbound();
		assertThat(frame.readableBytes()).isEqualTo(frames.lengthOf(message));
		assertThat(channel.<Object>readOutbound()).isNull();
		frame.release();
		channel.finishAndReleaseAll();
	}

	static Stream<Frames> frames() throws ChannelException {
		ClientKeyExchange exchange = new ClientKeyExchange();
		byte[] response = ServerKeyExchange.answer(exchange.request(), SIZE).response();
		return Stream.of(new PlainFrames(SIZE), exchange.complete(response, SIZE));
	}

}
