package dev.mtls.tcp.channel.blocking;

import java.io.IOException;

import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.EncryptedFrames;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.channel.frame.PlainFrames;
import dev.mtls.tcp.channel.frame.ServerKeyExchange;

/**
 * What comes before the first message of a channel.
 */
@FunctionalInterface
interface Opening {

	/**
	 * Agree with the peer on the frames.
	 * @param in what the peer sends
	 * @param transport sends to the peer
	 * @param maxMessageSize the size of the longest message in bytes
	 * @return the frames
	 * @throws dev.mtls.tcp.channel.frame.ChannelException if the peer does not keep to
	 * the protocol
	 * @throws IOException if the connection breaks
	 */
	Frames open(ReceivedBytes in, Transport transport, int maxMessageSize) throws IOException;

	/**
	 * The plain frames of a connection that is secure itself.
	 * @return an opening that says nothing
	 */
	static Opening plain() {
		return (in, transport, maxMessageSize) -> new PlainFrames(maxMessageSize);
	}

	static Opening client() {
		return (in, transport, maxMessageSize) -> {
			ClientKeyExchange exchange = new ClientKeyExchange();
			transport.write(exchange.request());
			return exchange.complete(in.readBytes(ClientKeyExchange.RESPONSE_LENGTH), maxMessageSize);
		};
	}

	static Opening server() {
		return (in, transport, maxMessageSize) -> {
			byte[] request = in.readBytes(ServerKeyExchange.REQUEST_LENGTH);
			ServerKeyExchange exchange = ServerKeyExchange.answer(request, maxMessageSize);
			EncryptedFrames frames = exchange.frames();
			try {
				transport.write(exchange.response());
				return frames;
			}
			catch (IOException ex) {
				frames.destroy();
				throw ex;
			}
		};
	}

}
