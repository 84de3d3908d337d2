package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * A client of the compatible protocol that sends whatever a test wants.
 */
final class RawClient implements AutoCloseable {

	private final Socket socket;

	private final Frames frames;

	private RawClient(Socket socket, Frames frames) {
		this.socket = socket;
		this.frames = frames;
	}

	/**
	 * Connect and exchange keys, for which the server has to use its channel.
	 * @param port the port on loopback
	 * @return the client
	 * @throws IOException if that fails
	 */
	static RawClient connect(int port) throws IOException {
		Socket socket = PlainClient.connect(port);
		ClientKeyExchange exchange = new ClientKeyExchange();
		socket.getOutputStream().write(exchange.request());
		byte[] response = socket.getInputStream().readNBytes(ClientKeyExchange.RESPONSE_LENGTH);
		return new RawClient(socket, exchange.complete(response, Frames.DEFAULT_MAX_MESSAGE_SIZE));
	}

	static byte[] frame(Frames frames, byte[] message) throws IOException {
		byte[] frame = new byte[frames.lengthOf(message)];
		frames.write(message, ByteBuffer.wrap(frame));
		return frame;
	}

	byte[] frame(byte[] message) throws IOException {
		return frame(this.frames, message);
	}

	void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	Socket socket() {
		return this.socket;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
