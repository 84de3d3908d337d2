package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * The client's part in the key exchange of the compatible protocol. It tells the client
 * that the server has the same key, and neither of them who the other one is.
 * <p>
 * Request: {@code 0x01 | client's public key 32 | token u64}. Response:
 * {@code 0x02 | server's public key 32 | nonce 12 | encrypted token 8 | tag 16}.
 */
public final class ClientKeyExchange {

	/**
	 * The length of a response in bytes.
	 */
	public static final int RESPONSE_LENGTH = 1 + KeyExchange.PUBLIC_KEY_LENGTH + Nonce.LENGTH + Long.BYTES
			+ EncryptedFrames.TAG;

	static final int RESPONSE = 0x02;

	private final SecureRandom random;

	private final KeyExchange exchange;

	private final byte[] token;

	/**
	 * Begin with new keys.
	 */
	public ClientKeyExchange() {
		this(new SecureRandom());
	}

	ClientKeyExchange(SecureRandom random) {
		this.random = random;
		this.exchange = new KeyExchange(random);
		this.token = new byte[Long.BYTES];
		random.nextBytes(this.token);
	}

	/**
	 * What to send to the server.
	 * @return the request
	 */
	public byte[] request() {
		return ByteBuffer.allocate(ServerKeyExchange.REQUEST_LENGTH)
			.put((byte) ServerKeyExchange.REQUEST)
			.put(this.exchange.publicKey())
			.put(this.token)
			.array();
	}

	/**
	 * Complete the exchange with what the server answers.
	 * @param response {@value #RESPONSE_LENGTH} bytes
	 * @param maxMessageSize the size of the longest message in bytes
	 * @return the frames of the connection
	 * @throws ChannelException if the server does not speak this protocol, or has not the
	 * same key
	 */
	public EncryptedFrames complete(byte[] response, int maxMessageSize) throws ChannelException {
		ByteBuffer buffer = ByteBuffer.wrap(response);
		if (response.length != RESPONSE_LENGTH || buffer.get() != RESPONSE) {
			throw new ChannelException("The server does not speak the protocol of this channel");
		}
		byte[] publicKey = new byte[KeyExchange.PUBLIC_KEY_LENGTH];
		buffer.get(publicKey);
		EncryptedFrames frames = new EncryptedFrames(this.exchange.agree(publicKey), maxMessageSize, this.random);
		try {
			if (!MessageDigest.isEqual(this.token, frames.decrypt(buffer))) {
				throw new ChannelException("The server answers with another token than it was sent");
			}
			return frames;
		}
		catch (ChannelException ex) {
			frames.destroy();
			throw ex;
		}
	}

}
