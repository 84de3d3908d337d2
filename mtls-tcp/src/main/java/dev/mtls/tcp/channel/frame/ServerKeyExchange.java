package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The server's part in the key exchange of the compatible protocol, as
 * {@link ClientKeyExchange} describes it.
 */
public final class ServerKeyExchange {

	/**
	 * The length of a request in bytes.
	 */
	public static final int REQUEST_LENGTH = 1 + KeyExchange.PUBLIC_KEY_LENGTH + Long.BYTES;

	static final int REQUEST = 0x01;

	private final byte[] response;

	private final EncryptedFrames frames;

	private ServerKeyExchange(byte[] response, EncryptedFrames frames) {
		this.response = response;
		this.frames = frames;
	}

	/**
	 * Answer a client, with new keys.
	 * @param request {@value #REQUEST_LENGTH} bytes
	 * @param maxMessageSize the size of the longest message in bytes
	 * @return what follows
	 * @throws ChannelException if the client does not speak this protocol
	 */
	public static ServerKeyExchange answer(byte[] request, int maxMessageSize) throws ChannelException {
		return answer(request, maxMessageSize, new SecureRandom());
	}

	static ServerKeyExchange answer(byte[] request, int maxMessageSize, SecureRandom random) throws ChannelException {
		ByteBuffer buffer = ByteBuffer.wrap(request);
		if (request.length != REQUEST_LENGTH || buffer.get() != REQUEST) {
			throw new ChannelException("The client does not speak the protocol of this channel");
		}
		byte[] publicKey = new byte[KeyExchange.PUBLIC_KEY_LENGTH];
		byte[] token = new byte[Long.BYTES];
		buffer.get(publicKey).get(token);
		KeyExchange exchange = new KeyExchange(random);
		EncryptedFrames frames = new EncryptedFrames(exchange.agree(publicKey), maxMessageSize, random);
		ByteBuffer response = ByteBuffer.allocate(ClientKeyExchange.RESPONSE_LENGTH)
			.put((byte) ClientKeyExchange.RESPONSE)
			.put(exchange.publicKey());
		frames.encrypt(token, response);
		return new ServerKeyExchange(response.array(), frames);
	}

	/**
	 * What to send to the client.
	 * @return the response
	 */
	public byte[] response() {
		return this.response.clone();
	}

	/**
	 * The frames of the connection.
	 * @return the frames
	 */
	public EncryptedFrames frames() {
		return this.frames;
	}

}
