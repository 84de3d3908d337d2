package dev.mtls.authority;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.mtls.decision.PrintableText;

/**
 * A certificate with its private key and the intermediates below the root.
 *
 * @param privateKey the private key of the first certificate
 * @param chain the certificate, then each one's issuer, without the root unless it is the
 * root itself
 */
public record IssuedCertificate(PrivateKey privateKey, List<X509Certificate> chain) {

	/**
	 * Create an issued certificate with a copy of the chain.
	 * @throws IllegalArgumentException if the chain is empty
	 */
	public IssuedCertificate {
		chain = List.copyOf(chain);
		if (chain.isEmpty()) {
			throw new IllegalArgumentException("The chain must hold the certificate");
		}
	}

	/**
	 * The certificate itself.
	 * @return the first of the chain
	 */
	public X509Certificate certificate() {
		return this.chain.get(0);
	}

	/**
	 * The certificate as PEM, without its chain.
	 * @return a {@code CERTIFICATE} block
	 */
	public String certificatePem() {
		return PemText.of(certificate());
	}

	/**
	 * The chain as PEM, which is what a server or client is configured with.
	 * @return {@code CERTIFICATE} blocks
	 */
	public String chainPem() {
		return PemText.of(this.chain);
	}

	/**
	 * The private key as PEM, not encrypted.
	 * @return a {@code PRIVATE KEY} block, which holds PKCS#8
	 */
	public String privateKeyPem() {
		return PemText.of(this.privateKey);
	}

	/**
	 * The key and chain as a PKCS#12 store with one entry, whose alias is {@code mtls}.
	 * @param password the password of the store and of its entry
	 * @return the bytes of the store
	 */
	public byte[] pkcs12(char[] password) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(null, null);
			store.setKeyEntry("mtls", this.privateKey, password, this.chain.toArray(X509Certificate[]::new));
			store.store(bytes, password);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("This Java runtime cannot write a PKCS#12 store", ex);
		}
		return bytes.toByteArray();
	}

	@Override
	public String toString() {
		return "IssuedCertificate[%s, private key masked]"
			.formatted(PrintableText.of(certificate().getSubjectX500Principal().getName()));
	}

}
