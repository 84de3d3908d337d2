package dev.mtls.trust;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * A name of a certificate to which name constraints apply, in the form in which they
 * compare it (RFC 5280, section 4.2.1.10).
 */
sealed interface ConstrainedName {

	/**
	 * Which names it is compared with.
	 * @return the tag of its type in GeneralName
	 */
	int type();

	/**
	 * The names of a certificate: its subject unless that is empty, and its subject
	 * alternative names, or in their absence the e-mail addresses of the subject.
	 * @param certificate the certificate
	 * @return the names
	 * @throws IllegalArgumentException if one cannot be read
	 */
	static List<ConstrainedName> of(X509Certificate certificate) {
		List<ConstrainedName> names = new ArrayList<>();
		X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
		if (subject.size() > 0) {
			names.add(Directory.of(subject));
		}
		List<GeneralName> alternatives = CertificateExtensions.subjectAlternativeNames(certificate);
		alternatives.forEach((alternative) -> names.add(of(alternative)));
		if (alternatives.isEmpty()) {
			names.addAll(emailAddresses(subject));
		}
		return names;
	}

	private static ConstrainedName of(GeneralName name) {
		return switch (name.getTagNo()) {
			case GeneralName.dNSName -> new Dns(withoutTrailingDot(text(name)));
			case GeneralName.rfc822Name -> email(text(name));
			case GeneralName.uniformResourceIdentifier -> uri(text(name));
			case GeneralName.directoryName -> Directory.of(X500Name.getInstance(name.getName()));
			case GeneralName.iPAddress -> new Ip(address(name));
			default -> new Incomparable(name.getTagNo());
		};
	}

	private static List<ConstrainedName> emailAddresses(X500Name subject) {
		return Arrays.stream(subject.getRDNs(BCStyle.EmailAddress))
			.flatMap((rdn) -> Arrays.stream(rdn.getTypesAndValues()))
			.filter((attribute) -> attribute.getType().equals(BCStyle.EmailAddress))
			.map((attribute) -> (attribute.getValue() instanceof ASN1String text) ? email(text.getString())
					: new Incomparable(GeneralName.rfc822Name))
			.toList();
	}

	private static ConstrainedName email(String address) {
		int at = address.lastIndexOf('@');
		return (at > 0) ? new Email(address.substring(0, at), withoutTrailingDot(address.substring(at + 1)))
				: new Incomparable(GeneralName.rfc822Name);
	}

	private static ConstrainedName uri(String uri) {
		Matcher matcher = Uri.WITH_HOST.matcher(uri);
		return matcher.matches() ? new Uri(withoutTrailingDot(matcher.group(1)))
				: new Incomparable(GeneralName.uniformResourceIdentifier);
	}

	private static String text(GeneralName name) {
		return ASN1IA5String.getInstance(name.getName()).getString();
	}

	private static InetAddress address(GeneralName name) {
		try {
			return InetAddress.getByAddress(ASN1OctetString.getInstance(name.getName()).getOctets());
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("an IP address is neither of 4 nor of 16 bytes", ex);
		}
	}

	private static String withoutTrailingDot(String domain) {
		String text = domain.toLowerCase(Locale.ROOT);
		return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
	}

	/**
	 * A DNS name.
	 *
	 * @param name the name in lower case, perhaps with a wildcard
	 */
	record Dns(String name) implements ConstrainedName {

		@Override
		public int type() {
			return GeneralName.dNSName;
		}

	}

	/**
	 * An e-mail address.
	 *
	 * @param localPart what stands before the last {@code @}
	 * @param domain the domain in lower case
	 */
	record Email(String localPart, String domain) implements ConstrainedName {

		@Override
		public int type() {
			return GeneralName.rfc822Name;
		}

	}

	/**
	 * A URI that has a host, of which a SPIFFE ID's is its trust domain.
	 *
	 * @param host the host in lower case
	 */
	record Uri(String host) implements ConstrainedName {

		// RFC 3986, section 3.2, where the host is a name and no IP address
		private static final Pattern WITH_HOST = Pattern.compile(
				"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?((?![0-9.]+(?:[:/?#]|$))[A-Za-z0-9._-]+)(?::[0-9]*)?(?:[/?#].*)?");

		@Override
		public int type() {
			return GeneralName.uniformResourceIdentifier;
		}

	}

	/**
	 * A distinguished name.
	 *
	 * @param rdns the attributes of each relative distinguished name, each as type and
	 * value, without regard to case, white space and the type of string (RFC 5280,
	 * section 7.1)
	 */
	record Directory(List<Set<String>> rdns) implements ConstrainedName {

		static Directory of(X500Name name) {
			return new Directory(Arrays.stream(name.getRDNs()).map(Directory::attributes).toList());
		}

		@Override
		public int type() {
			return GeneralName.directoryName;
		}

		private static Set<String> attributes(RDN rdn) {
			return Arrays.stream(rdn.getTypesAndValues()).map(Directory::attribute).collect(Collectors.toSet());
		}

		private static String attribute(AttributeTypeAndValue attribute) {
			return "%s=%s".formatted(attribute.getType().getId(), value(attribute.getValue()));
		}

		private static String value(ASN1Encodable value) {
			if (!(value instanceof ASN1String text) || value instanceof ASN1BitString) {
				return value.toString();
			}
			return Normalizer.normalize(text.getString(), Normalizer.Form.NFKC)
				.toUpperCase(Locale.ROOT)
				.toLowerCase(Locale.ROOT)
				.strip()
				.replaceAll("\\s+", " ");
		}

	}

	/**
	 * An IP address, where an IPv4-mapped one is its IPv4 address.
	 *
	 * @param address the address
	 */
	record Ip(InetAddress address) implements ConstrainedName {

		@Override
		public int type() {
			return GeneralName.iPAddress;
		}

	}

	/**
	 * A name that no constraint on its type can be compared with, so that none of them
	 * holds: one of a type that is not supported, a URI without a host name, an e-mail
	 * address without domain.
	 *
	 * @param type the tag of its type in GeneralName
	 */
	record Incomparable(int type) implements ConstrainedName {
	}

}
