package dev.mtls.tcp.channel.frame;

import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.SecretKey;

/**
 * The AES-256 key of one connection, whose bytes can be overwritten. The JDK's own
 * {@link javax.crypto.spec.SecretKeySpec} cannot be destroyed on each JDK.
 */
final class SharedKey implements SecretKey {

	static final int LENGTH = 32;

	private static final long serialVersionUID = 1L;

	private final transient byte[] key;

	private volatile boolean destroyed;

	/**
	 * Create a key.
	 * @param key the bytes, which are this key's own from now on
	 */
	SharedKey(byte[] key) {
		this.key = key;
	}

	@Override
	public String getAlgorithm() {
		return "AES";
	}

	@Override
	public String getFormat() {
		return "RAW";
	}

	/**
	 * {@inheritDoc}
	 * @throws IllegalStateException if the key is destroyed
	 */
	@Override
	public byte[] getEncoded() {
		if (this.destroyed) {
			throw new IllegalStateException("The key is destroyed");
		}
		return this.key.clone();
	}

	@Override
	public void destroy() {
		this.destroyed = true;
		Arrays.fill(this.key, (byte) 0);
	}

	@Override
	public boolean isDestroyed() {
		return this.destroyed;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof SharedKey shared && MessageDigest.isEqual(this.key, shared.key);
	}

	// One that says nothing of the bytes
	@Override
	public int hashCode() {
		return SharedKey.class.hashCode();
	}

	@Override
	public String toString() {
		return "SharedKey[***]";
	}

}
