package dev.mtls.tcp.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.socket.MtlsContext;
import dev.mtls.tcp.channel.SecureChannel;
import dev.mtls.tcp.channel.blocking.BlockingChannel;
import dev.mtls.tcp.channel.blocking.BlockingListener;

/**
 * An echo server of messages, and a client that sends five and closes, with threads that
 * block.
 */
final class BlockingChannelEcho {

	private BlockingChannelEcho() {
	}

	static BlockingListener listen(MtlsContext context) {
		return SecureChannel.blocking(context).listen("127.0.0.1:0");
	}

	static void serve(BlockingListener listener) {
		// One thread for each channel, a virtual one from Java 21 on
		listener.serve((channel) -> {
			for (byte[] message = channel.receive(); message != null; message = channel.receive()) {
				channel.send(message);
			}
		});
	}

	static List<String> sendFive(MtlsContext context, String server) throws IOException {
		List<String> answers = new ArrayList<>();
		try (BlockingChannel channel = SecureChannel.blocking(context).connect(server)) {
			for (int i = 1; i <= 5; i++) {
				channel.send(("message " + i).getBytes(StandardCharsets.UTF_8));
				byte[] answer = channel.receive();
				if (answer == null) {
					throw new IOException("The server has closed the channel");
				}
				answers.add(new String(answer, StandardCharsets.UTF_8));
			}
		}
		return answers;
	}

}
