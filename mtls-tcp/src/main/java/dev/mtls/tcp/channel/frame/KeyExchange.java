package dev.mtls.tcp.channel.frame;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;

import javax.crypto.KeyAgreement;

import org.jspecify.annotations.Nullable;

/**
 * The part of one side in an X25519 key exchange (RFC 7748, section 6.1), with keys that
 * are those of one connection alone.
 */
final class KeyExchange {

	static final int PUBLIC_KEY_LENGTH = 32;

	private static final String ALGORITHM = "XDH";

	private final PrivateKey privateKey;

	private final byte[] publicKey;

	/**
	 * Begin a key exchange with new keys.
	 * @param random gives the private key
	 */
	KeyExchange(SecureRandom random) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
			generator.initialize(NamedParameterSpec.X25519, random);
			KeyPair keys = generator.generateKeyPair();
			this.privateKey = keys.getPrivate();
			this.publicKey = littleEndian(((XECPublicKey) keys.getPublic()).getU());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK has no X25519", ex);
		}
	}

	/**
	 * The own public key.
	 * @return the 32 bytes of the u-coordinate, little-endian (RFC 7748, section 5)
	 */
	byte[] publicKey() {
		return this.publicKey.clone();
	}

	/**
	 * Agree on a key with the peer.
	 * @param peerPublicKey the peer's public key, 32 bytes
	 * @return the shared secret as it is
	 * @throws ChannelException if the peer's key makes the secret zero, whatever the own
	 * one is (RFC 7748, section 6.1)
	 */
	SharedKey agree(byte[] peerPublicKey) throws ChannelException {
		byte[] secret;
		try {
			KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
			agreement.init(this.privateKey);
			agreement.doPhase(publicKey(peerPublicKey), true);
			secret = agreement.generateSecret();
		}
		catch (InvalidKeyException ex) {
			throw zeroSecret(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The JDK has no X25519", ex);
		}
		if (isZero(secret)) {
			throw zeroSecret(null);
		}
		return new SharedKey(secret);
	}

	private static PublicKey publicKey(byte[] littleEndian) throws GeneralSecurityException {
		byte[] key = reversed(littleEndian);
		// The bit that no key of this size has is to be ignored (RFC 7748, section 5)
		key[0] &= 0x7f;
		return KeyFactory.getInstance(ALGORITHM)
			.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, key)));
	}

	private static byte[] littleEndian(BigInteger number) {
		byte[] bytes = reversed(number.toByteArray());
		return Arrays.copyOf(bytes, PUBLIC_KEY_LENGTH);
	}

	private static byte[] reversed(byte[] bytes) {
		byte[] reversed = new byte[bytes.length];
		for (int i = 0; i < bytes.length; i++) {
			reversed[i] = bytes[bytes.length - 1 - i];
		}
		return reversed;
	}

	// In a time that does not depend on the bytes
	private static boolean isZero(byte[] secret) {
		int all = 0;
		for (byte one : secret) {
			all |= one;
		}
		return all == 0;
	}

	private static ChannelException zeroSecret(@Nullable InvalidKeyException cause) {
		return new ChannelException("The peer's public key is one that makes every secret the same", cause);
	}

}
