package dev.mtls.revocation;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;

import org.jspecify.annotations.Nullable;

/**
 * The identifier of a CA's key (RFC 5280, section 4.2.1.2).
 */
final class SubjectKey {

	private static final String OID = "2.5.29.14";

	private SubjectKey() {
	}

	/**
	 * Whether the identifier may be that of the CA's key.
	 * @param certificate the certificate of the CA
	 * @param identifier what a CRL says of the key that signed it, or {@code null}
	 * @return {@code false} only if the certificate has another one
	 */
	static boolean mayBe(X509Certificate certificate, @Nullable ByteBuffer identifier) {
		byte[] extension = certificate.getExtensionValue(OID);
		if (extension == null || identifier == null) {
			return true;
		}
		try {
			DerCursor value = new DerCursor(extension).next(DerCursor.OCTET_STRING).content();
			return ByteBuffer.wrap(value.next(DerCursor.OCTET_STRING).bytes()).equals(identifier);
		}
		catch (MalformedCrlException ex) {
			return false;
		}
	}

}
