package dev.mtls.material;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.source.Document;

/**
 * Material from PEM documents (RFC 7468), with any text around the blocks. Blocks of
 * another kind than the one that is looked for are skipped, so that a key and its
 * certificates may stand in one file. Certificates may also be DER, one in a document.
 * The documents stay open and are the caller's.
 */
public final class PemMaterial {

	private PemMaterial() {
	}

	/**
	 * Read a private key and its certificates.
	 * @param certificates the document with the leaf and the CA certificates to send with
	 * it, in any order
	 * @param privateKey the document with the private key, which may be the same
	 * @param password the password of the private key, or {@code null}; ignored when the
	 * key is not encrypted
	 * @return the key material
	 * @throws MtlsException with {@code MATERIAL_INVALID}, {@code PASSWORD_WRONG} or as
	 * {@link KeyMaterial#of(String, PrivateKey, Collection)} does
	 */
	public static KeyMaterial keyMaterial(Document certificates, Document privateKey, char @Nullable [] password) {
		List<X509Certificate> chain = certificates(certificates);
		return KeyMaterial.of(certificates.place(), privateKey.place(), privateKey(privateKey, password), chain);
	}

	/**
	 * Read trust anchors.
	 * @param place where the documents are from, for the message when there are none
	 * @param documents the documents, each with at least one certificate
	 * @return the trust material
	 * @throws MtlsException with {@code MATERIAL_INVALID} when a document holds no
	 * certificate or a damaged one, with {@code TRUST_MISSING} when there is no document
	 */
	public static TrustMaterial trustMaterial(String place, Collection<Document> documents) {
		List<X509Certificate> anchors = new ArrayList<>();
		documents.forEach((document) -> anchors.addAll(certificates(document)));
		return TrustMaterial.of(place, anchors);
	}

	/**
	 * Read the certificates of a document.
	 * @param document the document, PEM or DER
	 * @return at least one certificate, in the order of the document
	 * @throws MtlsException with {@code MATERIAL_INVALID} when there is none or one is
	 * damaged
	 */
	public static List<X509Certificate> certificates(Document document) {
		return new CertificateReader(document).read();
	}

	/**
	 * Read the private key of a document: PKCS#8, PKCS#1 or SEC1, each plain or
	 * encrypted, of an RSA, EC, Ed25519 or Ed448 key.
	 * @param document the document, which holds exactly one private key
	 * @param password the password, or {@code null}; ignored when the key is not
	 * encrypted
	 * @return the private key
	 * @throws MtlsException with {@code MATERIAL_INVALID} when there is no such key, more
	 * than one, or one that Java cannot use, with {@code PASSWORD_WRONG} when it is
	 * encrypted and the password is missing or wrong
	 */
	public static PrivateKey privateKey(Document document, char @Nullable [] password) {
		return new PrivateKeyReader(document, password).read();
	}

}
