package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests what is left of a {@link BlockingChannel} that is closed.
 */
@Timeout(60)
class ClosedChannelTests {

	@Test
	void keysAreOverwritten() throws IOException {
		try (BlockingListener listener = BlockingChannels.unauthenticated().listen("127.0.0.1:0")) {
			Thread serving = new Thread(() -> listener.serve(BlockingChannel::receive));
			serving.setDaemon(true);
			serving.start();
			BlockingChannel channel = BlockingChannels.unauthenticated().connect("127.0.0.1:" + listener.port());
			Frames frames = channel.open();
			byte[] message = new byte[1];
			frames.write(message, ByteBuffer.allocate(frames.lengthOf(message)));
			channel.close();
			assertThatExceptionOfType(ChannelException.class)
				.isThrownBy(() -> frames.write(message, ByteBuffer.allocate(frames.lengthOf(message))))
				.withMessage("The channel is closed");
		}
	}

}
