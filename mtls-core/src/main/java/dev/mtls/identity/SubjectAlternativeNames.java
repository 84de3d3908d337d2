package dev.mtls.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * The subject alternative names of a certificate (RFC 5280, section 4.2.1.6). Names of
 * types that no rule looks at are counted, but otherwise left out.
 *
 * @param dnsNames the DNS names
 * @param uris the URIs
 * @param ipAddresses the IP addresses
 * @param emailAddresses the e-mail addresses
 */
record SubjectAlternativeNames(List<String> dnsNames, List<String> uris, List<InetAddress> ipAddresses,
		List<String> emailAddresses) {

	static final SubjectAlternativeNames NONE = new SubjectAlternativeNames(List.of(), List.of(), List.of(), List.of());

	private static final int MAX_SIZE = 64 * 1024;

	private static final int MAX_COUNT = 1024;

	/**
	 * Parse the value of the extension.
	 * @param der the DER of the GeneralNames
	 * @return the names
	 * @throws IOException if the value is malformed
	 * @throws IllegalArgumentException if the value is malformed or exceeds a bound
	 */
	static SubjectAlternativeNames parse(byte[] der) throws IOException {
		if (der.length > MAX_SIZE) {
			throw new IllegalArgumentException(
					"The subject alternative names are larger than %d bytes".formatted(MAX_SIZE));
		}
		ASN1Sequence sequence = ASN1Sequence.getInstance(der);
		if (sequence.size() == 0 || sequence.size() > MAX_COUNT) {
			throw new IllegalArgumentException(
					"The number of subject alternative names is %d, not 1 to %d".formatted(sequence.size(), MAX_COUNT));
		}
		if (!Arrays.equals(der, sequence.getEncoded(ASN1Encoding.DER))) {
			throw new IllegalArgumentException("The subject alternative names are not encoded as DER");
		}
		SubjectAlternativeNames names = new SubjectAlternativeNames(new ArrayList<>(), new ArrayList<>(),
				new ArrayList<>(), new ArrayList<>());
		for (ASN1Encodable element : sequence) {
			names.add(GeneralName.getInstance(ASN1TaggedObject.getInstance(element, BERTags.CONTEXT_SPECIFIC)));
		}
		return names;
	}

	private void add(GeneralName name) throws IOException {
		switch (name.getTagNo()) {
			case GeneralName.dNSName -> this.dnsNames.add(text(name));
			case GeneralName.uniformResourceIdentifier -> this.uris.add(text(name));
			case GeneralName.rfc822Name -> this.emailAddresses.add(text(name));
			case GeneralName.iPAddress -> this.ipAddresses.add(address(name));
			default -> {
			}
		}
	}

	private static String text(GeneralName name) {
		return ASN1IA5String.getInstance(name.getName()).getString();
	}

	private static InetAddress address(GeneralName name) throws IOException {
		return InetAddress.getByAddress(ASN1OctetString.getInstance(name.getName()).getOctets());
	}

}
