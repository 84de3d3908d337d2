package dev.mtls.test;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;

/**
 * A key too weak for anything. It is made once, as making RSA keys is slow.
 */
final class WeakKey {

	private static final KeyPair RSA_1024 = generate();

	private WeakKey() {
	}

	static KeyPair rsa1024() {
		return RSA_1024;
	}

	private static KeyPair generate() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(1024);
			return generator.generateKeyPair();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("This Java runtime makes no RSA keys", ex);
		}
	}

}
