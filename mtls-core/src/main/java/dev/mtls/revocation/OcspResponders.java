package dev.mtls.revocation;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * The responders that a certificate names in its authorityInfoAccess extension (RFC 5280,
 * 4.2.2.1).
 */
public final class OcspResponders {

	private static final int MAX_RESPONDERS = 4;

	private static final int MAX_LENGTH = 2048;

	private static final Set<String> SCHEMES = Set.of("http", "https");

	private OcspResponders() {
	}

	/**
	 * The addresses of a certificate's responders. They are the issuer's words, and may
	 * be asked only when the signatures of the path have been verified.
	 * @param certificate the certificate
	 * @return at most 4 URIs of {@code http} or {@code https}, each of at most 2048
	 * characters, in the order of the certificate; others are left out. Empty if the
	 * extension is malformed
	 */
	public static List<URI> of(X509Certificate certificate) {
		byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
		if (extension == null) {
			return List.of();
		}
		try {
			byte[] value = ASN1OctetString.getInstance(extension).getOctets();
			return DerStructure.isSound(value) ? responders(AuthorityInformationAccess.getInstance(value)) : List.of();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			return List.of();
		}
	}

	private static List<URI> responders(AuthorityInformationAccess access) {
		return Arrays.stream(access.getAccessDescriptions())
			.filter((description) -> description.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
			.map((description) -> uri(description.getAccessLocation()))
			.flatMap(Optional::stream)
			.limit(MAX_RESPONDERS)
			.toList();
	}

	private static Optional<URI> uri(GeneralName location) {
		if (location.getTagNo() != GeneralName.uniformResourceIdentifier) {
			return Optional.empty();
		}
		String text = ASN1IA5String.getInstance(location.getName()).getString();
		if (text.length() > MAX_LENGTH) {
			return Optional.empty();
		}
		try {
			URI uri = new URI(text);
			boolean usable = uri.getScheme() != null && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
					&& uri.getHost() != null && uri.getRawUserInfo() == null;
			return usable ? Optional.of(uri) : Optional.empty();
		}
		catch (URISyntaxException ex) {
			return Optional.empty();
		}
	}

}
