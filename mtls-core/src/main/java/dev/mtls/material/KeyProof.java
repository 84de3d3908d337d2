package dev.mtls.material;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Proves that a private key belongs to a certificate: it signs, and the certificate's key
 * verifies. That needs no parameters of the private key, which a hardware key hides.
 */
final class KeyProof {

	/**
	 * The names that providers give to private keys, and those of the JDK's public keys.
	 */
	private static final Map<String, String> ALGORITHMS = Map.of("RSA", "RSA", "RSASSA-PSS", "RSASSA-PSS", "EC", "EC",
			"ECDSA", "EC", "EdDSA", "EdDSA", "Ed25519", "EdDSA", "Ed448", "EdDSA");

	private static final byte[] PROBE = "Does this key belong to that certificate?".getBytes(StandardCharsets.US_ASCII);

	private final String place;

	private final PrivateKey privateKey;

	KeyProof(String place, PrivateKey privateKey) {
		this.place = place;
		this.privateKey = privateKey;
		if (!ALGORITHMS.containsKey(privateKey.getAlgorithm())) {
			throw new MtlsException(Reason.MATERIAL_INVALID, place,
					"A private key of the kind %s cannot be used".formatted(privateKey.getAlgorithm()),
					"Use an EC, RSA or Ed25519 key");
		}
	}

	List<X509Certificate> fitting(Collection<X509Certificate> certificates) {
		return new LinkedHashSet<>(certificates).stream()
			.filter((certificate) -> fits(certificate.getPublicKey()))
			.toList();
	}

	private boolean fits(PublicKey publicKey) {
		if (!publicKey.getAlgorithm().equals(ALGORITHMS.get(this.privateKey.getAlgorithm()))) {
			return false;
		}
		byte[] signature = sign(publicKey);
		try {
			Signature verifier = signatureFor(publicKey);
			verifier.initVerify(publicKey);
			verifier.update(PROBE);
			return verifier.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private byte[] sign(PublicKey publicKey) {
		try {
			Signature signer = signatureFor(publicKey);
			signer.initSign(this.privateKey);
			signer.update(PROBE);
			return signer.sign();
		}
		catch (GeneralSecurityException | ProviderException ex) {
			throw new MtlsException(Reason.MATERIAL_INVALID, this.place,
					"The private key of the kind %s cannot sign".formatted(this.privateKey.getAlgorithm()),
					"Use an EC key on P-256, P-384 or P-521, an RSA key or an Ed25519 key; "
							+ "for a hardware key, check the device",
					ex);
		}
	}

	private static Signature signatureFor(PublicKey publicKey) throws GeneralSecurityException {
		String algorithm = publicKey.getAlgorithm();
		Signature signature = Signature.getInstance(switch (algorithm) {
			case "RSA" -> "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			// RSASSA-PSS and EdDSA are names of keys and of signatures
			default -> algorithm;
		});
		if (algorithm.equals("RSASSA-PSS")) {
			signature.setParameter(pssParametersOf(publicKey));
		}
		return signature;
	}

	private static AlgorithmParameterSpec pssParametersOf(PublicKey publicKey) {
		AlgorithmParameterSpec restriction = ((RSAKey) publicKey).getParams();
		return (restriction != null) ? restriction
				: new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
	}

}
