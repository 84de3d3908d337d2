package dev.mtls.tcp.channel;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import dev.mtls.tcp.PlainClient;

/**
 * A peer with blocking sockets that sends whatever a test says.
 */
final class RawPeer implements Closeable {

	private final Socket below;

	private final Socket socket;

	private final @Nullable ForeignPeer foreign;

	private final Random random = new Random(1);

	RawPeer(Socket below, Socket socket, @Nullable ForeignPeer foreign) {
		this.below = below;
		this.socket = socket;
		this.foreign = foreign;
	}

	/**
	 * The frame of a message.
	 * @param text the message
	 * @return the bytes
	 */
	byte[] frame(String text) {
		byte[] message = text.getBytes(StandardCharsets.UTF_8);
		if (this.foreign != null) {
			byte[] nonce = new byte[12];
			this.random.nextBytes(nonce);
			return this.foreign.frame(message, nonce);
		}
		return ByteBuffer.allocate(Integer.BYTES + message.length).putInt(message.length).put(message).array();
	}

	void send(String text) throws IOException {
		sendRaw(frame(text));
	}

	void sendRaw(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
	}

	String receive() throws IOException {
		byte[] message;
		if (this.foreign != null) {
			message = this.foreign.receive();
		}
		else {
			DataInputStream input = new DataInputStream(this.socket.getInputStream());
			message = input.readNBytes(input.readInt());
		}
		return (message != null) ? new String(message, StandardCharsets.UTF_8) : "closed";
	}

	/**
	 * End what is sent: by a close_notify in TLS, or a FIN.
	 * @throws IOException if it fails
	 */
	void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/**
	 * End what is sent below TLS, by a FIN.
	 * @throws IOException if it fails
	 */
	void finish() throws IOException {
		this.below.shutdownOutput();
	}

	/**
	 * Wait for the end of the connection, by whatever means.
	 * @return how many bytes came before
	 * @throws IOException if it does not end within 10 seconds
	 */
	int countUntilEnd() throws IOException {
		return PlainClient.countUntilEnd(this.socket);
	}

	@Override
	public void close() throws IOException {
		this.below.close();
	}

}
