package dev.mtls.cli.doctor;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.cli.console.Passwords;
import dev.mtls.cli.console.PemFile;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.PemMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * Reads what the connection is made with.
 */
final class Credentials {

	private Credentials() {
	}

	/**
	 * Read the client certificate.
	 * @param certificate the file of the certificate and its intermediates
	 * @param privateKey the file of the key, or {@code null} if it is the same one, or
	 * the one beside it that ends in {@code .key}
	 * @param password where the password of an encrypted key comes from
	 * @return the key material
	 */
	static KeyMaterial key(Path certificate, @Nullable Path privateKey, Passwords password) {
		PemFile certificates = new PemFile("--cert", certificate);
		PemFile beside = holdsKey(certificates) ? certificates : certificates.sibling("--key", ".key");
		PrivateKey key = PemFile.of("--key", privateKey, beside).privateKey(password);
		return KeyMaterial.of("--cert=" + certificate, key, certificates.certificates());
	}

	/**
	 * Read the trust anchors.
	 * @param files the files, at least one
	 * @return the trust material
	 */
	static TrustMaterial trust(List<Path> files) {
		List<Document> documents = new ArrayList<>();
		try {
			files.forEach((file) -> documents.add(read("--ca", file)));
			return PemMaterial.trustMaterial("--ca", documents);
		}
		finally {
			documents.forEach(Document::close);
		}
	}

	/**
	 * The trust anchors of the Java runtime.
	 * @return the trust material
	 */
	static TrustMaterial systemTrust() {
		List<X509Certificate> anchors = new ArrayList<>();
		try {
			TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			factory.init((KeyStore) null);
			for (TrustManager manager : factory.getTrustManagers()) {
				if (manager instanceof X509TrustManager x509) {
					anchors.addAll(List.of(x509.getAcceptedIssuers()));
				}
			}
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The trust store of this Java runtime cannot be read", ex);
		}
		return TrustMaterial.of("the trust store of this Java runtime", anchors);
	}

	private static boolean holdsKey(PemFile file) {
		return new String(file.bytes(), StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----");
	}

	private static Document read(String option, Path file) {
		// Behind file: no name is taken for anything but a path
		return Source.of(option, "file:" + file).read().get(0);
	}

}
