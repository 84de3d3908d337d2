package dev.mtls.material;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Turns the DER of PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, A.1.2) or SEC1 (RFC 5915) into a
 * private key of the JDK's own classes, which JSSE knows how to use.
 */
final class PrivateKeyParser {

	private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS = Map.of(PKCSObjectIdentifiers.rsaEncryption,
			"RSA", PKCSObjectIdentifiers.id_RSASSA_PSS, "RSASSA-PSS", X9ObjectIdentifiers.id_ecPublicKey, "EC",
			EdECObjectIdentifiers.id_Ed25519, "Ed25519", EdECObjectIdentifiers.id_Ed448, "Ed448");

	/**
	 * Java parses keys on other curves, but neither signs with them nor offers them in
	 * TLS.
	 */
	private static final Set<ASN1ObjectIdentifier> CURVES = Set.of(SECObjectIdentifiers.secp256r1,
			SECObjectIdentifiers.secp384r1, SECObjectIdentifiers.secp521r1);

	private final String place;

	private final @Nullable PemBlock ecParameters;

	PrivateKeyParser(String place, @Nullable PemBlock ecParameters) {
		this.place = place;
		this.ecParameters = ecParameters;
	}

	/**
	 * Parse a private key.
	 * @param label the label of the PEM block, which names the format
	 * @param der the DER, decrypted
	 * @return the private key
	 * @throws IllegalArgumentException when the DER is not what the label says
	 * @throws MtlsException with {@code MATERIAL_INVALID} when it is, but the key cannot
	 * be used
	 */
	PrivateKey parse(String label, byte[] der) {
		if (der.length == 0) {
			throw new IllegalArgumentException("The DER of a private key is empty");
		}
		try {
			ASN1Primitive structure = ASN1Primitive.fromByteArray(der);
			return switch (label) {
				case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY" -> parsePkcs8(PrivateKeyInfo.getInstance(structure));
				case "RSA PRIVATE KEY" -> rsaKey(RSAPrivateKey.getInstance(structure));
				case "EC PRIVATE KEY" -> parseSec1(ECPrivateKey.getInstance(structure));
				default -> throw unusable("A block named %s cannot be used".formatted(label));
			};
		}
		catch (MtlsException ex) {
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			// Bouncy Castle throws all sorts of these for a structure that is another
			throw new IllegalArgumentException("The DER of a private key is malformed", ex);
		}
	}

	private PrivateKey parsePkcs8(PrivateKeyInfo info) throws IOException {
		// The key alone is built again, because the JDK refuses some of what may stand
		// beside it: the curve inside an EC key, attributes, the public key
		AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
		ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
		ASN1Encodable key = info.parsePrivateKey();
		Arrays.fill(info.getPrivateKey().getOctets(), (byte) 0);
		if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
			return ecKey(ECPrivateKey.getInstance(key), algorithm.getParameters());
		}
		if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
			return rsaKey(RSAPrivateKey.getInstance(key));
		}
		return toJavaKey(new PrivateKeyInfo(algorithm, key));
	}

	private PrivateKey parseSec1(ECPrivateKey key) throws IOException {
		key.getPrivateKey();
		ASN1Encodable curve = key.getParametersObject();
		if (curve == null && this.ecParameters != null) {
			curve = ASN1Primitive.fromByteArray(this.ecParameters.content());
		}
		if (curve == null) {
			throw unusable("The EC key does not say its curve");
		}
		return ecKey(key, curve);
	}

	private PrivateKey rsaKey(RSAPrivateKey key) throws IOException {
		return toJavaKey(new PrivateKeyInfo(
				new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key));
	}

	private PrivateKey ecKey(ECPrivateKey key, @Nullable ASN1Encodable curve) throws IOException {
		if (!(curve instanceof ASN1ObjectIdentifier name)) {
			throw unusable("The EC key gives its curve by parameters and not by name");
		}
		if (!CURVES.contains(name)) {
			String known = ECNamedCurveTable.getName(name);
			throw unusable(
					"An EC key on the curve %s cannot be used".formatted((known != null) ? known : name.getId()));
		}
		ECPrivateKey bare = new ECPrivateKey(key.getPrivateKey(), null, null);
		try {
			return toJavaKey(
					new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, name), bare));
		}
		finally {
			Arrays.fill(key.getPrivateKey().getOctets(), (byte) 0);
		}
	}

	private PrivateKey toJavaKey(PrivateKeyInfo info) throws IOException {
		ASN1ObjectIdentifier oid = info.getPrivateKeyAlgorithm().getAlgorithm();
		String algorithm = ALGORITHMS.get(oid);
		if (algorithm == null) {
			throw unusable("A private key of the kind %s cannot be used".formatted(oid.getId()));
		}
		byte[] encoded = info.getEncoded();
		try {
			return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("The private key is malformed", ex);
		}
		finally {
			Arrays.fill(encoded, (byte) 0);
			Arrays.fill(info.getPrivateKey().getOctets(), (byte) 0);
		}
	}

	private MtlsException unusable(String problem) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.place, problem,
				"Use an EC key on P-256, P-384 or P-521, an RSA key or an Ed25519 key");
	}

}
