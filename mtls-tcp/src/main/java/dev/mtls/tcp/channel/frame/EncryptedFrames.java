package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Frames that are encrypted with AES-256-GCM:
 * {@code u32 length of ciphertext and tag | nonce 12 | ciphertext | tag 16}. A length of
 * zero closes the channel, and nobody can tell from whom that came.
 * <p>
 * Both directions have the same key. What this side has sent is therefore not taken for
 * something of the peer when it comes back, and neither is one of its last
 * {@value SeenNonces#MAX} messages when it comes again.
 */
public final class EncryptedFrames implements Frames {

	static final int TAG = 16;

	private static final int TAG_BITS = 8 * TAG;

	private static final String TRANSFORMATION = "AES/GCM/NoPadding";

	private final MessageSize size;

	private final SharedKey key;

	private final CounterNonces ownNonces;

	private final SeenNonces peerNonces = new SeenNonces();

	private final Cipher encryption = cipher();

	private final Cipher decryption = cipher();

	private volatile boolean destroyed;

	EncryptedFrames(SharedKey key, int maxMessageSize, SecureRandom random) {
		this(key, maxMessageSize, new CounterNonces(random));
	}

	EncryptedFrames(SharedKey key, int maxMessageSize, CounterNonces ownNonces) {
		this.key = key;
		this.size = new MessageSize(maxMessageSize);
		this.ownNonces = ownNonces;
	}

	@Override
	public int lengthOf(byte[] message) {
		return HEADER + Nonce.LENGTH + this.size.of(message) + TAG;
	}

	@Override
	public void write(byte[] message, ByteBuffer frame) throws ChannelException {
		frame.putInt(this.size.of(message) + TAG);
		encrypt(message, frame);
	}

	@Override
	public int bodyLength(int header) throws ChannelException {
		if (header == 0) {
			return -1;
		}
		if (header > 0 && header < TAG) {
			throw new ChannelException("The peer sends a frame of %d bytes, which has no tag".formatted(header));
		}
		return Nonce.LENGTH + this.size.ofPeer(header, TAG);
	}

	@Override
	public byte[] read(ByteBuffer body) throws ChannelException {
		return decrypt(body);
	}

	@Override
	public byte[] closing() {
		return new byte[HEADER];
	}

	/**
	 * {@inheritDoc} What another thread encrypts meanwhile is encrypted with the whole
	 * key, or not at all.
	 */
	@Override
	public void destroy() {
		// No other one begins, so that this does not wait behind all that want to
		this.destroyed = true;
		synchronized (this.encryption) {
			synchronized (this.decryption) {
				this.key.destroy();
				forget(this.encryption);
				forget(this.decryption);
			}
		}
	}

	/**
	 * Encrypt something with the next nonce.
	 * @param message what to encrypt
	 * @param target gets the nonce, the ciphertext and the tag
	 * @throws ChannelException if there is no next nonce
	 */
	void encrypt(byte[] message, ByteBuffer target) throws ChannelException {
		synchronized (this.encryption) {
			byte[] nonce = this.ownNonces.next().bytes();
			target.put(nonce);
			try {
				this.encryption.init(Cipher.ENCRYPT_MODE, openKey(), new GCMParameterSpec(TAG_BITS, nonce));
				this.encryption.doFinal(ByteBuffer.wrap(message), target);
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("The JDK does not encrypt with AES-256-GCM", ex);
			}
		}
	}

	/**
	 * Decrypt something of the peer.
	 * @param source the nonce, the ciphertext and the tag
	 * @return what was encrypted
	 * @throws ChannelException if it does not verify, or came before
	 */
	byte[] decrypt(ByteBuffer source) throws ChannelException {
		if (source.remaining() < Nonce.LENGTH + TAG) {
			throw new ChannelException(
					"A message of the peer has %d bytes, which is no nonce and tag".formatted(source.remaining()));
		}
		synchronized (this.decryption) {
			byte[] bytes = new byte[Nonce.LENGTH];
			source.get(bytes);
			Nonce nonce = Nonce.of(bytes);
			if (this.peerNonces.contains(nonce)) {
				throw new ChannelException("A message of the peer came twice");
			}
			if (this.ownNonces.contains(nonce)) {
				throw new ChannelException("A message of this side came back");
			}
			byte[] message = new byte[source.remaining() - TAG];
			try {
				this.decryption.init(Cipher.DECRYPT_MODE, openKey(), new GCMParameterSpec(TAG_BITS, bytes));
				this.decryption.doFinal(source, ByteBuffer.wrap(message));
			}
			catch (AEADBadTagException ex) {
				throw new ChannelException("A message was not encrypted with the key of this connection", ex);
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("The JDK does not decrypt with AES-256-GCM", ex);
			}
			this.peerNonces.add(nonce);
			return message;
		}
	}

	private SharedKey openKey() throws ChannelException {
		if (this.destroyed) {
			throw new ChannelException("The channel is closed");
		}
		return this.key;
	}

	// The cipher holds what it has made of the key until it gets another one
	private static void forget(Cipher cipher) {
		SecretKey zero = new SharedKey(new byte[SharedKey.LENGTH]);
		try {
			cipher.init(Cipher.ENCRYPT_MODE, zero, new GCMParameterSpec(TAG_BITS, new byte[Nonce.LENGTH]));
		}
		catch (InvalidAlgorithmParameterException ex) {
			// It was forgotten before
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK does not encrypt with AES-256-GCM", ex);
		}
	}

	private static Cipher cipher() {
		try {
			return Cipher.getInstance(TRANSFORMATION);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK has no AES-GCM", ex);
		}
	}

}
