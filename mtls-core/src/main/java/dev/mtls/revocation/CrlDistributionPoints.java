package dev.mtls.revocation;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a certificate says that CRLs which tell of it can be had (RFC 5280, section
 * 4.2.1.13). Points that are for some reasons of revocation alone, or for the CRLs of
 * another issuer, do not count.
 */
public final class CrlDistributionPoints {

	private static final String OID = "2.5.29.31";

	private static final int MAX_URIS = 8;

	private static final int MAX_URI_LENGTH = 2048;

	private static final int DISTRIBUTION_POINT = 0xa0;

	// GeneralName: [6] IMPLICIT IA5String
	private static final int URI_NAME = 0x86;

	private CrlDistributionPoints() {
	}

	/**
	 * The addresses from which CRLs can be fetched.
	 * @param certificate a certificate, whose signature should have been verified
	 * @return its {@code http} and {@code https} URIs of at most 2048 characters, the
	 * first 8 of them, in their order; none if it has none or the extension is malformed
	 */
	public static List<URI> of(X509Certificate certificate) {
		Set<URI> uris = new LinkedHashSet<>();
		for (ByteBuffer name : names(certificate)) {
			if (uris.size() < MAX_URIS) {
				uri(name).ifPresent(uris::add);
			}
		}
		return List.copyOf(uris);
	}

	/**
	 * The names of the distribution points.
	 * @param certificate a certificate
	 * @return the encoded names, in their order; none if the extension is malformed
	 */
	static Set<ByteBuffer> names(X509Certificate certificate) {
		byte[] extension = certificate.getExtensionValue(OID);
		if (extension == null) {
			return Set.of();
		}
		try {
			DerCursor value = new DerCursor(extension).next(DerCursor.OCTET_STRING).content();
			DerCursor points = value.next(DerCursor.SEQUENCE).content();
			value.end();
			Set<ByteBuffer> names = new LinkedHashSet<>();
			while (points.hasNext()) {
				DerCursor point = points.next(DerCursor.SEQUENCE).content();
				if (point.nextTag() == DISTRIBUTION_POINT) {
					Set<ByteBuffer> namesOfPoint = CrlScope.names(point.next(DISTRIBUTION_POINT).content());
					if (!point.hasNext()) {
						names.addAll(namesOfPoint);
					}
				}
			}
			return names;
		}
		catch (MalformedCrlException ex) {
			return Set.of();
		}
	}

	private static Optional<URI> uri(ByteBuffer name) {
		try {
			byte[] encoded = new byte[name.remaining()];
			name.duplicate().get(encoded);
			DerCursor cursor = new DerCursor(encoded);
			if (cursor.nextTag() != URI_NAME) {
				return Optional.empty();
			}
			String text = new String(cursor.next(URI_NAME).bytes(), StandardCharsets.ISO_8859_1);
			if (text.length() > MAX_URI_LENGTH) {
				return Optional.empty();
			}
			URI uri = new URI(text);
			boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
			return (isHttp && uri.getHost() != null && uri.getRawUserInfo() == null) ? Optional.of(uri)
					: Optional.empty();
		}
		catch (MalformedCrlException | URISyntaxException ex) {
			return Optional.empty();
		}
	}

}
