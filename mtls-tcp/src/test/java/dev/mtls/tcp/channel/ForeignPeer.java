package dev.mtls.tcp.channel;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.UnaryOperator;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.agreement.X25519Agreement;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * Another implementation of the compatible protocol, written from its description alone
 * and with another library. Its nonces are random.
 */
public final class ForeignPeer implements Closeable {

	/**
	 * The length of a request in bytes.
	 */
	public static final int REQUEST = 41;

	/**
	 * The length of a response in bytes.
	 */
	public static final int RESPONSE = 69;

	private static final int KEY = 32;

	private static final int NONCE = 12;

	private static final int TOKEN = 8;

	private static final int TAG = 16;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final DataInputStream in;

	private final OutputStream out;

	private final byte[] key;

	private byte[] lastNonce = new byte[NONCE];

	private ForeignPeer(DataInputStream in, OutputStream out, byte[] key) {
		this.in = in;
		this.out = out;
		this.key = key;
	}

	/**
	 * Do the client's part of the key exchange.
	 * @param in what the server sends
	 * @param out where to send
	 * @return the peer
	 * @throws IOException if the server answers with anything but what it should
	 */
	public static ForeignPeer client(InputStream in, OutputStream out) throws IOException {
		X25519PrivateKeyParameters privateKey = new X25519PrivateKeyParameters(RANDOM);
		byte[] token = random(TOKEN);
		out.write(concatenate(new byte[] { 1 }, privateKey.generatePublicKey().getEncoded(), token));
		out.flush();
		DataInputStream input = new DataInputStream(in);
		byte[] response = input.readNBytes(RESPONSE);
		if (response.length < RESPONSE) {
			throw new EOFException("The response ends after %d bytes".formatted(response.length));
		}
		if (response[0] != 2) {
			throw new IOException("The response begins with %d".formatted(response[0]));
		}
		byte[] key = agree(privateKey, Arrays.copyOfRange(response, 1, 1 + KEY));
		byte[] nonce = Arrays.copyOfRange(response, 1 + KEY, 1 + KEY + NONCE);
		if (!Arrays.equals(token, open(key, nonce, Arrays.copyOfRange(response, 1 + KEY + NONCE, RESPONSE)))) {
			throw new IOException("The response has another token");
		}
		return new ForeignPeer(input, out, key);
	}

	/**
	 * Do the server's part of the key exchange.
	 * @param in what the client sends
	 * @param out where to send
	 * @return the peer
	 * @throws IOException if the client asks with anything but what it should
	 */
	public static ForeignPeer server(InputStream in, OutputStream out) throws IOException {
		return server(in, out, (token) -> token);
	}

	/**
	 * Do the server's part of the key exchange, with another token perhaps.
	 * @param in what the client sends
	 * @param out where to send
	 * @param answer gets the client's token, and returns the one to answer with
	 * @return the peer
	 * @throws IOException if the client asks with anything but what it should
	 */
	public static ForeignPeer server(InputStream in, OutputStream out, UnaryOperator<byte[]> answer)
			throws IOException {
		DataInputStream input = new DataInputStream(in);
		byte[] request = input.readNBytes(REQUEST);
		if (request.length < REQUEST) {
			throw new EOFException("The request ends after %d bytes".formatted(request.length));
		}
		if (request[0] != 1) {
			throw new IOException("The request begins with %d".formatted(request[0]));
		}
		X25519PrivateKeyParameters privateKey = new X25519PrivateKeyParameters(RANDOM);
		byte[] key = agree(privateKey, Arrays.copyOfRange(request, 1, 1 + KEY));
		byte[] token = answer.apply(Arrays.copyOfRange(request, 1 + KEY, REQUEST));
		byte[] nonce = random(NONCE);
		out.write(concatenate(new byte[] { 2 }, privateKey.generatePublicKey().getEncoded(), nonce,
				seal(key, nonce, token)));
		out.flush();
		ForeignPeer peer = new ForeignPeer(input, out, key);
		peer.lastNonce = nonce;
		return peer;
	}

	/**
	 * Send a message.
	 * @param message the message
	 * @throws IOException if it cannot be sent
	 */
	public void send(byte[] message) throws IOException {
		this.lastNonce = random(NONCE);
		sendRaw(frame(message, this.lastNonce));
	}

	/**
	 * Send any bytes.
	 * @param bytes the bytes
	 * @throws IOException if they cannot be sent
	 */
	public void sendRaw(byte[] bytes) throws IOException {
		this.out.write(bytes);
		this.out.flush();
	}

	/**
	 * Receive a message.
	 * @return the message, or {@code null} if the peer closes the channel
	 * @throws IOException if it is none, or the input ends
	 */
	public byte @Nullable [] receive() throws IOException {
		int length = this.in.readInt();
		if (length == 0) {
			return null;
		}
		if (length < TAG) {
			throw new IOException("The frame has a length of %d".formatted(length));
		}
		byte[] nonce = this.in.readNBytes(NONCE);
		byte[] ciphertext = this.in.readNBytes(length);
		if (nonce.length + ciphertext.length < NONCE + length) {
			throw new EOFException("The frame is not whole");
		}
		return open(this.key, nonce, ciphertext);
	}

	/**
	 * Tell the peer that no message follows. The streams stay open.
	 * @throws IOException if it cannot be told
	 */
	@Override
	public void close() throws IOException {
		sendRaw(new byte[Integer.BYTES]);
	}

	/**
	 * The frame of a message.
	 * @param message the message
	 * @param nonce its nonce, 12 bytes
	 * @return the bytes
	 */
	public byte[] frame(byte[] message, byte[] nonce) {
		return frame(this.key, message, nonce);
	}

	/**
	 * The nonce with which this peer has encrypted last.
	 * @return the 12 bytes
	 */
	public byte[] lastNonce() {
		return this.lastNonce.clone();
	}

	/**
	 * The key of the connection.
	 * @return the 32 bytes
	 */
	public byte[] key() {
		return this.key.clone();
	}

	/**
	 * The frame of a message.
	 * @param key the key, 32 bytes
	 * @param message the message
	 * @param nonce its nonce, 12 bytes
	 * @return the bytes
	 */
	public static byte[] frame(byte[] key, byte[] message, byte[] nonce) {
		byte[] ciphertext = seal(key, nonce, message);
		return concatenate(ByteBuffer.allocate(Integer.BYTES).putInt(ciphertext.length).array(), nonce, ciphertext);
	}

	/**
	 * Agree on a key.
	 * @param privateKey the own private key
	 * @param publicKey the peer's public key, 32 bytes
	 * @return the shared secret
	 * @throws IOException if it is zero
	 */
	public static byte[] agree(X25519PrivateKeyParameters privateKey, byte[] publicKey) throws IOException {
		X25519Agreement agreement = new X25519Agreement();
		agreement.init(privateKey);
		byte[] secret = new byte[agreement.getAgreementSize()];
		try {
			agreement.calculateAgreement(new X25519PublicKeyParameters(publicKey), secret, 0);
		}
		catch (IllegalStateException ex) {
			throw new IOException("The shared secret is zero", ex);
		}
		return secret;
	}

	/**
	 * Encrypt with AES-GCM.
	 * @param key the key
	 * @param nonce the nonce
	 * @param plaintext what to encrypt
	 * @return the ciphertext and the tag
	 */
	public static byte[] seal(byte[] key, byte[] nonce, byte[] plaintext) {
		try {
			return gcm(true, key, nonce, plaintext);
		}
		catch (InvalidCipherTextException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Decrypt with AES-GCM.
	 * @param key the key
	 * @param nonce the nonce
	 * @param ciphertext the ciphertext and the tag
	 * @return the plaintext
	 * @throws IOException if the tag does not verify
	 */
	public static byte[] open(byte[] key, byte[] nonce, byte[] ciphertext) throws IOException {
		try {
			return gcm(false, key, nonce, ciphertext);
		}
		catch (InvalidCipherTextException ex) {
			throw new IOException("The tag does not verify", ex);
		}
	}

	private static byte[] gcm(boolean encrypt, byte[] key, byte[] nonce, byte[] input)
			throws InvalidCipherTextException {
		GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
		cipher.init(encrypt, new AEADParameters(new KeyParameter(key), 8 * TAG, nonce));
		byte[] output = new byte[cipher.getOutputSize(input.length)];
		int length = cipher.processBytes(input, 0, input.length, output, 0);
		length += cipher.doFinal(output, length);
		return Arrays.copyOf(output, length);
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		RANDOM.nextBytes(bytes);
		return bytes;
	}

	private static byte[] concatenate(byte[]... parts) {
		ByteBuffer buffer = ByteBuffer.allocate(Arrays.stream(parts).mapToInt((part) -> part.length).sum());
		for (byte[] part : parts) {
			buffer.put(part);
		}
		return buffer.array();
	}

}
