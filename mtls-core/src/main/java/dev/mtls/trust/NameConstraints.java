package dev.mtls.trust;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x509.GeneralSubtree;

/**
 * The name constraints of a CA certificate (RFC 5280, section 4.2.1.10).
 *
 * @param permitted where names must lie, as far as there is a subtree of their type
 * @param excluded where names must not lie, permitted or not
 */
record NameConstraints(List<NameSubtree> permitted, List<NameSubtree> excluded) {

	private static final int PERMITTED = 0;

	private static final int EXCLUDED = 1;

	NameConstraints {
		permitted = List.copyOf(permitted);
		excluded = List.copyOf(excluded);
		if (permitted.isEmpty() && excluded.isEmpty()) {
			throw new IllegalArgumentException("they hold no subtree");
		}
	}

	/**
	 * Parse the value of the extension.
	 * @param value the NameConstraints
	 * @return the constraints
	 * @throws IllegalArgumentException if they are malformed
	 */
	static NameConstraints parse(ASN1Primitive value) {
		List<NameSubtree> permitted = List.of();
		List<NameSubtree> excluded = List.of();
		int next = PERMITTED;
		for (ASN1Encodable element : ASN1Sequence.getInstance(value)) {
			ASN1TaggedObject field = ASN1TaggedObject.getInstance(element, BERTags.CONTEXT_SPECIFIC);
			if (field.getTagNo() < next || field.getTagNo() > EXCLUDED) {
				throw new IllegalArgumentException("a field is there twice, out of order, or unknown");
			}
			next = field.getTagNo() + 1;
			if (field.getTagNo() == PERMITTED) {
				permitted = subtrees(field);
			}
			else {
				excluded = subtrees(field);
			}
		}
		return new NameConstraints(permitted, excluded);
	}

	/**
	 * Find the constraint that a name violates.
	 * @param name the name
	 * @return what is wrong with it, or empty
	 */
	Optional<String> violation(ConstrainedName name) {
		if (ofType(this.excluded, name).anyMatch((subtree) -> subtree.touches(name))) {
			return Optional.of("excluded by");
		}
		boolean outside = ofType(this.permitted, name).findAny().isPresent()
				&& ofType(this.permitted, name).noneMatch((subtree) -> subtree.contains(name));
		return outside ? Optional.of("not permitted by") : Optional.empty();
	}

	private static Stream<NameSubtree> ofType(List<NameSubtree> subtrees, ConstrainedName name) {
		return subtrees.stream().filter((subtree) -> subtree.type() == name.type());
	}

	private static List<NameSubtree> subtrees(ASN1TaggedObject field) {
		ASN1Sequence sequence = ASN1Sequence.getInstance(field, false);
		if (sequence.size() == 0) {
			throw new IllegalArgumentException("a list of subtrees is empty");
		}
		return StreamSupport.stream(sequence.spliterator(), false)
			.map(GeneralSubtree::getInstance)
			.map(NameSubtree::of)
			.toList();
	}

}
