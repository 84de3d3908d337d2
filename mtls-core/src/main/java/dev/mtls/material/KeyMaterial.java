package dev.mtls.material;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * A private key and the certificate chain that belongs to it. Whoever holds an instance
 * knows that the key fits the leaf and that each certificate is signed by the next.
 */
public final class KeyMaterial {

	/**
	 * The name of the only entry of {@link #toKeyStore(char[])}.
	 */
	public static final String ALIAS = "mtls";

	private final String place;

	private final PrivateKey privateKey;

	private final List<X509Certificate> chain;

	private final boolean extractable;

	private KeyMaterial(String place, PrivateKey privateKey, List<X509Certificate> chain) {
		this.place = place;
		this.privateKey = privateKey;
		this.chain = List.copyOf(chain);
		// Asked once: the key of a token that was removed does not answer
		this.extractable = privateKey.getFormat() != null;
	}

	/**
	 * Match a private key with certificates in any order. The leaf is the certificate
	 * with the key's public key: of several the first that is no CA certificate. The
	 * chain follows the issuers from there, as far as they are given, a self-signed root
	 * included; certificates that have no place in it are left out.
	 * @param place where the certificates are from, for messages
	 * @param privateKey the private key, which may be one that cannot leave its device
	 * @param certificates the certificates
	 * @return the key material
	 * @throws MtlsException with {@code MATERIAL_INVALID} when there is no certificate or
	 * the key cannot sign, with {@code KEY_MISMATCH} when no certificate has the public
	 * key, with {@code CHAIN_INVALID} when there are other certificates but none issued
	 * the leaf, or one has an issuer's name but not its key
	 */
	public static KeyMaterial of(String place, PrivateKey privateKey, Collection<X509Certificate> certificates) {
		return of(place, "the key", privateKey, certificates);
	}

	static KeyMaterial of(String place, String keyPlace, PrivateKey privateKey,
			Collection<X509Certificate> certificates) {
		if (certificates.isEmpty()) {
			throw new MtlsException(Reason.MATERIAL_INVALID, place, "It holds no certificate",
					"Add the certificate of the private key and the CA certificates between it and the root");
		}
		List<X509Certificate> leaves = new KeyProof(place, privateKey).fitting(certificates);
		if (leaves.isEmpty()) {
			throw new MtlsException(Reason.KEY_MISMATCH, place,
					"No certificate here belongs to the private key of " + keyPlace,
					"Configure a certificate and a private key that were made together");
		}
		return new KeyMaterial(place, privateKey, CertificateChain.of(place, leaves, certificates));
	}

	/**
	 * Where the certificates are from.
	 * @return the place, such as {@code mtls.server.certificate=file:/etc/tls/tls.crt}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The private key.
	 * @return the private key
	 */
	public PrivateKey privateKey() {
		return this.privateKey;
	}

	/**
	 * The certificate chain.
	 * @return the chain, the leaf first, each certificate signed by the next
	 */
	public List<X509Certificate> chain() {
		return this.chain;
	}

	/**
	 * The certificate of the private key.
	 * @return the first of the chain
	 */
	public X509Certificate leaf() {
		return this.chain.get(0);
	}

	/**
	 * Whether the bytes of the private key can be had, which those of a key on a token
	 * cannot. Only the JDK's TLS engine can use a key whose bytes it cannot have.
	 * @return {@code false} for a key that cannot leave its device
	 */
	public boolean isExtractable() {
		return this.extractable;
	}

	/**
	 * Check that the leaf and the CA certificates that are sent with it are valid. A
	 * self-signed root at the end is not looked at, since peers only believe their own
	 * copy of it.
	 * @param now the current time
	 * @throws MtlsException with {@code MATERIAL_EXPIRED} when one has expired or is not
	 * valid yet
	 */
	public void checkValidity(Instant now) {
		checkValidity(leaf(), now);
		for (X509Certificate authority : this.chain.subList(1, this.chain.size())) {
			if (!CertificateChain.isSelfIssued(authority)) {
				checkValidity(authority, now);
			}
		}
	}

	/**
	 * Copy the key and the chain into a key store in memory, for libraries that want one.
	 * @param password the password that the entry gets; a key that cannot leave its
	 * device gets none
	 * @return a key store with one entry, {@value #ALIAS}: a PKCS12 one, or one that
	 * cannot be changed or stored when the key cannot leave its device
	 * @throws MtlsException with {@code MATERIAL_INVALID} when the key cannot be copied
	 */
	public KeyStore toKeyStore(char[] password) {
		try {
			if (!this.extractable) {
				return SingleKeyStore.of(this);
			}
			KeyStore keyStore = KeyStore.getInstance("PKCS12");
			keyStore.load(null, null);
			keyStore.setKeyEntry(ALIAS, this.privateKey, password, this.chain.toArray(Certificate[]::new));
			return keyStore;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new MtlsException(Reason.MATERIAL_INVALID, this.place,
					"The private key cannot be copied into a key store", "Use an EC, RSA or Ed25519 key", ex);
		}
	}

	@Override
	public String toString() {
		return "KeyMaterial[%s, %s, %s key (hidden), %d certificates]".formatted(this.place,
				PrintableText.of(CertificateChain.nameOf(leaf())), this.privateKey.getAlgorithm(), this.chain.size());
	}

	private void checkValidity(X509Certificate certificate, Instant now) {
		Instant notBefore = certificate.getNotBefore().toInstant();
		Instant notAfter = certificate.getNotAfter().toInstant();
		String name = CertificateChain.nameOf(certificate);
		if (now.isAfter(notAfter)) {
			throw new MtlsException(Reason.MATERIAL_EXPIRED, this.place,
					"The certificate of %s expired at %s; it is now %s".formatted(name, notAfter, now),
					"Renew the certificate");
		}
		if (now.isBefore(notBefore)) {
			throw new MtlsException(Reason.MATERIAL_EXPIRED, this.place,
					"The certificate of %s is not valid before %s; it is now %s".formatted(name, notBefore, now),
					"Check the clock of this machine, or wait");
		}
	}

}
