package dev.mtls.test;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.IssuedCertificate;

/**
 * A certificate with its private key and chain, in the forms that tests need.
 */
public final class TestCertificate {

	private final IssuedCertificate issued;

	private TestCertificate(IssuedCertificate issued) {
		this.issued = issued;
	}

	/**
	 * Wrap a certificate that was issued elsewhere.
	 * @param issued the certificate
	 * @return the same for tests
	 */
	public static TestCertificate of(IssuedCertificate issued) {
		return new TestCertificate(issued);
	}

	/**
	 * The certificate itself.
	 * @return the first of the chain
	 */
	public X509Certificate certificate() {
		return this.issued.certificate();
	}

	/**
	 * What is sent to the peer.
	 * @return the certificate, then the intermediates below the root
	 */
	public List<X509Certificate> chain() {
		return this.issued.chain();
	}

	/**
	 * The private key.
	 * @return the key
	 */
	public PrivateKey privateKey() {
		return this.issued.privateKey();
	}

	/**
	 * The certificate as PEM, without its chain.
	 * @return a {@code CERTIFICATE} block
	 */
	public String certificatePem() {
		return this.issued.certificatePem();
	}

	/**
	 * The chain as PEM.
	 * @return {@code CERTIFICATE} blocks
	 */
	public String chainPem() {
		return this.issued.chainPem();
	}

	/**
	 * The private key as PEM.
	 * @return a {@code PRIVATE KEY} block
	 */
	public String privateKeyPem() {
		return this.issued.privateKeyPem();
	}

	/**
	 * The key and chain as a PKCS#12 store.
	 * @param password the password of the store and of its entry
	 * @return the bytes of the store
	 */
	public byte[] pkcs12(String password) {
		return this.issued.pkcs12(password.toCharArray());
	}

	/**
	 * The same key with another chain, such as one in another order.
	 * @param chain what is sent to the peer instead
	 * @return the certificate with that chain
	 */
	public TestCertificate withChain(X509Certificate... chain) {
		return of(new IssuedCertificate(privateKey(), List.of(chain)));
	}

	/**
	 * Write chain and key as PEM, in place of what is there. Only the owner can read the
	 * key.
	 * @param directory where to, created if it does not exist
	 * @param name the name of the files without their extension
	 * @return the files, {@code <name>.crt} and {@code <name>.key}
	 */
	public PemFiles writeTo(Path directory, String name) {
		PemFiles files = new PemFiles(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
		CertificateFiles.replacing().write(this.issued, files.certificate(), files.privateKey());
		return files;
	}

	/**
	 * A context that presents this certificate whatever the peer asks for, and trusts the
	 * root of an authority. It serves clients and servers.
	 * @param trusted the authority
	 * @return a context of the JDK
	 */
	public SSLContext sslContext(TestAuthority trusted) {
		return SslContexts.trusting(trusted.anchor(), new PresentingKeyManager(privateKey(), chain()));
	}

	@Override
	public String toString() {
		return "TestCertificate[%s]".formatted(this.issued);
	}

}
