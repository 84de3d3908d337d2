package dev.mtls.revocation;

import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;

/**
 * What a signature must be made with: a digest of the SHA-2 or SHA-3 families, and a key
 * that is RSA of at least 2048 bits in whole bytes, EC on a curve of at least 256 bits,
 * or EdDSA. The same counts for the signatures of a path.
 */
final class SignatureStrength {

	private static final int MIN_RSA_BITS = 2048;

	private static final int MIN_EC_BITS = 256;

	private static final Set<ASN1ObjectIdentifier> DIGESTS = Set.of(NISTObjectIdentifiers.id_sha224,
			NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha384, NISTObjectIdentifiers.id_sha512,
			NISTObjectIdentifiers.id_sha512_224, NISTObjectIdentifiers.id_sha512_256, NISTObjectIdentifiers.id_sha3_224,
			NISTObjectIdentifiers.id_sha3_256, NISTObjectIdentifiers.id_sha3_384, NISTObjectIdentifiers.id_sha3_512,
			NISTObjectIdentifiers.id_shake256, NISTObjectIdentifiers.id_shake256_len);

	private SignatureStrength() {
	}

	static boolean suffices(AlgorithmIdentifier algorithm) {
		ASN1Encodable parameters = algorithm.getParameters();
		boolean hasParameters = parameters != null && !DERNull.INSTANCE.equals(parameters);
		return (!hasParameters || PKCSObjectIdentifiers.id_RSASSA_PSS.equals(algorithm.getAlgorithm()))
				&& DIGESTS.contains(new DefaultDigestAlgorithmIdentifierFinder().find(algorithm).getAlgorithm());
	}

	static boolean suffices(X509Certificate certificate) {
		byte[] parameters = certificate.getSigAlgParams();
		try {
			return suffices(new AlgorithmIdentifier(new ASN1ObjectIdentifier(certificate.getSigAlgOID()),
					(parameters != null) ? ASN1Primitive.fromByteArray(parameters) : null));
		}
		catch (IOException ex) {
			return false;
		}
	}

	static boolean suffices(PublicKey key) {
		if (key instanceof RSAPublicKey rsa) {
			int bits = rsa.getModulus().bitLength();
			return bits >= MIN_RSA_BITS && bits % Byte.SIZE == 0;
		}
		if (key instanceof ECPublicKey ec) {
			return ec.getParams().getCurve().getField().getFieldSize() >= MIN_EC_BITS;
		}
		return key instanceof EdECPublicKey;
	}

}
