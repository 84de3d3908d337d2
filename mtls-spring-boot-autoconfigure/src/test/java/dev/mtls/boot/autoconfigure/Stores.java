package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;

import dev.mtls.test.TestCertificate;

/**
 * Writes key stores, trust stores and encrypted keys.
 */
final class Stores {

	private Stores() {
	}

	static Path keyStore(Path file, String type, String password, String keyPassword, String alias,
			TestCertificate certificate) throws IOException, GeneralSecurityException {
		KeyStore store = Files.exists(file) ? KeyStore.getInstance(file.toFile(), password.toCharArray()) : empty(type);
		store.setKeyEntry(alias, certificate.privateKey(), keyPassword.toCharArray(),
				certificate.chain().toArray(X509Certificate[]::new));
		return write(file, store, password);
	}

	static Path trustStore(Path file, String type, String password, X509Certificate anchor)
			throws IOException, GeneralSecurityException {
		KeyStore store = empty(type);
		store.setCertificateEntry("anchor", anchor);
		return write(file, store, password);
	}

	static Path encryptedKey(Path file, TestCertificate certificate, String password)
			throws IOException, OperatorCreationException {
		StringWriter text = new StringWriter();
		try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
			writer.writeObject(new JcaPKCS8Generator(certificate.privateKey(),
					new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
						.setProvider(new BouncyCastleProvider())
						.setPassword(password.toCharArray())
						.build()));
		}
		return Files.writeString(file, text.toString());
	}

	private static KeyStore empty(String type) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance(type);
		store.load(null, null);
		return store;
	}

	private static Path write(Path file, KeyStore store, String password) throws IOException, GeneralSecurityException {
		try (OutputStream out = Files.newOutputStream(file)) {
			store.store(out, password.toCharArray());
		}
		return file;
	}

}
