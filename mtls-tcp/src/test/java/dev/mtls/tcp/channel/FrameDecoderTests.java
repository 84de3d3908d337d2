package dev.mtls.tcp.channel;

import java.nio.ByteBuffer;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.channel.frame.ServerKeyExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FrameDecoder}.
 */
class FrameDecoderTests {

	@Test
	void keysAreOverwrittenWhenConnectionCloses() throws ChannelException {
		ClientKeyExchange exchange = new ClientKeyExchange();
		Frames frames = exchange.complete(ServerKeyExchange.answer(exchange.request(), 1).response(), 1);
		PlainConnectionEnd end = new PlainConnectionEnd();
		EmbeddedChannel channel = new EmbeddedChannel(end, new FrameDecoder(frames, end));
		byte[] message = new byte[1];
		frames.write(message, ByteBuffer.allocate(frames.lengthOf(message)));
		assertThat(channel.close().isSuccess()).isTrue();
		assertThatExceptionOfType(ChannelException.class)
			.isThrownBy(() -> frames.write(message, ByteBuffer.allocate(frames.lengthOf(message))))
			.withMessage("The channel is closed");
	}

}
