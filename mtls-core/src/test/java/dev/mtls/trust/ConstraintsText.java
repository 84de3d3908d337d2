package dev.mtls.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;

/**
 * Names and name constraints from text, right and wrong ones: {@code dns:},
 * {@code email:}, {@code uri:}, {@code dir:}, {@code ip:} with hexadecimal digits and
 * {@code rid:}, with white space between them and {@code _} for white space in them.
 */
final class ConstraintsText {

	private ConstraintsText() {
	}

	static byte[] constraints(String permitted, String excluded) {
		return der(new DERSequence(Stream.of(field(0, permitted), field(1, excluded))
			.flatMap(List::stream)
			.toArray(ASN1Encodable[]::new)));
	}

	static byte[] names(String names) {
		return der(new DERSequence(all(names).toArray(ASN1Encodable[]::new)));
	}

	static ASN1Encodable subtrees(int tag, ASN1Encodable... subtrees) {
		return new DERTaggedObject(false, tag, new DERSequence(subtrees));
	}

	static GeneralName name(String name) {
		String value = name.substring(name.indexOf(':') + 1).replace('_', ' ');
		return switch (name.substring(0, name.indexOf(':'))) {
			case "dns" -> new GeneralName(GeneralName.dNSName, new DERIA5String(value));
			case "email" -> new GeneralName(GeneralName.rfc822Name, new DERIA5String(value));
			case "uri" -> new GeneralName(GeneralName.uniformResourceIdentifier, new DERIA5String(value));
			case "dir" -> new GeneralName(new X500Name(value));
			case "ip" -> new GeneralName(GeneralName.iPAddress, new DEROctetString(HexFormat.of().parseHex(value)));
			case "rid" -> new GeneralName(GeneralName.registeredID, new ASN1ObjectIdentifier(value));
			default -> throw new IllegalArgumentException(name);
		};
	}

	static byte[] der(ASN1Encodable value) {
		try {
			return value.toASN1Primitive().getEncoded("DER");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<ASN1Encodable> field(int tag, String names) {
		return names.isEmpty() ? List.of()
				: List.of(subtrees(tag, all(names).stream().map(GeneralSubtree::new).toArray(ASN1Encodable[]::new)));
	}

	private static List<GeneralName> all(String names) {
		return Arrays.stream(names.split(" ")).map(ConstraintsText::name).toList();
	}

}
