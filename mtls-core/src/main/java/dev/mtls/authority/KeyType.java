package dev.mtls.authority;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/**
 * The kinds of key that an authority makes.
 */
public enum KeyType {

	/**
	 * ECDSA on the curve P-256.
	 */
	EC_P256("EC"),

	/**
	 * RSA with a modulus of 2048 bits.
	 */
	RSA_2048("RSA"),

	/**
	 * RSA with a modulus of 3072 bits.
	 */
	RSA_3072("RSA"),

	/**
	 * Ed25519 (RFC 8410). Not every TLS engine can use it: the JDK's can.
	 */
	ED25519("Ed25519");

	private final String algorithm;

	KeyType(String algorithm) {
		this.algorithm = algorithm;
	}

	/**
	 * Make a new key pair of this type.
	 * @return the key pair
	 */
	public KeyPair generate() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(this.algorithm);
			generator.initialize(parameters());
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java runtime makes no key of type " + this, ex);
		}
	}

	private AlgorithmParameterSpec parameters() {
		return switch (this) {
			case EC_P256 -> new ECGenParameterSpec("secp256r1");
			case RSA_2048 -> new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
			case RSA_3072 -> new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4);
			case ED25519 -> NamedParameterSpec.ED25519;
		};
	}

}
