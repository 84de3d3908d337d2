package dev.mtls.authority;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Writes certificates and keys as PEM (RFC 7468).
 */
public final class PemText {

	private PemText() {
	}

	/**
	 * Write certificates one after the other, in the given order.
	 * @param certificates the certificates
	 * @return {@code CERTIFICATE} blocks
	 */
	public static String of(X509Certificate... certificates) {
		return of(List.of(certificates));
	}

	/**
	 * Write certificates one after the other, in the given order.
	 * @param certificates the certificates
	 * @return {@code CERTIFICATE} blocks
	 */
	public static String of(List<X509Certificate> certificates) {
		List<PemObject> blocks = new ArrayList<>();
		for (X509Certificate certificate : certificates) {
			blocks.add(new PemObject("CERTIFICATE", encoded(certificate)));
		}
		return write(blocks);
	}

	/**
	 * Write a private key, not encrypted.
	 * @param privateKey the key
	 * @return a {@code PRIVATE KEY} block, which holds PKCS#8
	 * @throws IllegalArgumentException if the key does not reveal itself, as one in a
	 * hardware token
	 */
	public static String of(PrivateKey privateKey) {
		byte[] encoded = privateKey.getEncoded();
		if (encoded == null) {
			throw new IllegalArgumentException("The private key cannot be exported");
		}
		try {
			return write(List.of(new PemObject("PRIVATE KEY", encoded)));
		}
		finally {
			Arrays.fill(encoded, (byte) 0);
		}
	}

	private static byte[] encoded(X509Certificate certificate) {
		try {
			return certificate.getEncoded();
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalArgumentException("The certificate cannot be encoded", ex);
		}
	}

	private static String write(List<PemObject> blocks) {
		StringWriter text = new StringWriter();
		try (PemWriter writer = new PemWriter(text)) {
			for (PemObject block : blocks) {
				writer.writeObject(block);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return text.toString();
	}

}
