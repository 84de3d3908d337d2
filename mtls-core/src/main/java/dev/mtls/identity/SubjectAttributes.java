package dev.mtls.identity;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * The attributes of a distinguished name.
 */
final class SubjectAttributes {

	private SubjectAttributes() {
	}

	/**
	 * Return the values of an attribute, wherever in the name they stand.
	 * @param name the name
	 * @param type the type of the attribute
	 * @return the values
	 * @throws IllegalArgumentException if a value is no text
	 */
	static List<String> of(X500Name name, ASN1ObjectIdentifier type) {
		return attributes(name).filter((attribute) -> attribute.getType().equals(type))
			.map(AttributeTypeAndValue::getValue)
			.map(SubjectAttributes::text)
			.toList();
	}

	/**
	 * Check that no text in a name holds a control character.
	 * @param label what the name is
	 * @param name the name
	 * @throws IllegalArgumentException if one does
	 */
	static void check(String label, X500Name name) {
		attributes(name).map(AttributeTypeAndValue::getValue)
			.filter(SubjectAttributes::isText)
			.map(SubjectAttributes::text)
			.filter((text) -> text.chars().anyMatch(Character::isISOControl))
			.findFirst()
			.ifPresent((text) -> {
				throw new IllegalArgumentException(
						"The %s has '%s', which holds a control character".formatted(label, text));
			});
	}

	private static Stream<AttributeTypeAndValue> attributes(X500Name name) {
		return Arrays.stream(name.getRDNs()).flatMap((rdn) -> Arrays.stream(rdn.getTypesAndValues()));
	}

	private static boolean isText(ASN1Encodable value) {
		return value instanceof ASN1String && !(value instanceof ASN1BitString);
	}

	private static String text(ASN1Encodable value) {
		// Bouncy Castle returns a UniversalString in hexadecimal digits
		if (!isText(value) || value instanceof ASN1UniversalString) {
			throw new IllegalArgumentException("A name in the subject or issuer is no text that can be read");
		}
		return ((ASN1String) value).getString();
	}

}
