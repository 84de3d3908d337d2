package dev.mtls.trust;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Reason;

/**
 * Tests for {@link FormCheck}: what cannot be read is refused wherever in the path it is,
 * also in an extension that is not critical, which the JDK passes over.
 */
class FormCheckTests {

	private static final byte[] NOT_DER = { 0x01, 0x02, 0x03 };

	private static final byte[] EMPTY_SEQUENCE = { 0x30, 0x00 };

	private static final CertificateAuthority ROOT = Certificates.root("Root");

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource({ "extensions", "names" })
	void verifyReturnsVerdict(PathRow row, PeerRole role) {
		row.assertVerdict(role);
	}

	static Stream<Arguments> extensions() {
		Map<String, byte[]> malformed = new TreeMap<>();
		for (String identifier : new String[] { "2.5.29.14", "2.5.29.15", "2.5.29.18", "2.5.29.19", "2.5.29.30",
				"2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.35", "2.5.29.36", "2.5.29.37", "2.5.29.54",
				"1.3.6.1.5.5.7.1.1" }) {
			malformed.put(identifier + " that is no DER", NOT_DER);
		}
		for (String identifier : new String[] { "2.5.29.18", "2.5.29.30", "2.5.29.32", "2.5.29.33", "2.5.29.36",
				"2.5.29.37" }) {
			malformed.put(identifier + " that is empty", EMPTY_SEQUENCE);
		}
		PolicyInformation policy = new PolicyInformation(new ASN1ObjectIdentifier("1.2.3"));
		malformed.put("2.5.29.32 that holds a policy twice",
				ConstraintsText.der(new CertificatePolicies(new PolicyInformation[] { policy, policy })));
		malformed.put("2.5.29.54 that is negative", ConstraintsText.der(new ASN1Integer(-1)));
		malformed.put("2.5.29.36 that is negative", ConstraintsText
			.der(new DERSequence(new ASN1Encodable[] { new DERTaggedObject(false, 0, new ASN1Integer(-1)) })));
		return malformed.entrySet().stream().flatMap((entry) -> {
			String identifier = entry.getKey().substring(0, entry.getKey().indexOf(' '));
			return PathRow.inBothRoles(
					refused("leaf's " + entry.getKey(), identifier,
							(role) -> leaf(role).extension(identifier, false, entry.getValue())),
					refusedBelow("intermediate's " + entry.getKey(), identifier, false, entry.getValue()),
					refusedBelow("anchor's " + entry.getKey(), identifier, true, entry.getValue()));
		});
	}

	static Stream<Arguments> names() {
		Map<String, byte[]> malformed = new TreeMap<>();
		malformed.put("no DER", NOT_DER);
		malformed.put("no names", EMPTY_SEQUENCE);
		malformed.put("an empty DNS name", ConstraintsText.names("dns:"));
		malformed.put("a DNS name with a NUL", ConstraintsText.names("dns:a\u0000.example.com"));
		malformed.put("an IP address of 5 bytes", ConstraintsText.names("ip:0a00000100"));
		malformed.put("a directory name that is a string", ConstraintsText
			.der(new DERSequence(new ASN1Encodable[] { new DERTaggedObject(true, 4, new DERIA5String("CN=a")) })));
		malformed.put("an unknown type", ConstraintsText
			.der(new DERSequence(new ASN1Encodable[] { new DERTaggedObject(false, 9, new DERIA5String("a")) })));
		malformed.put("a text that is none", ConstraintsText
			.der(new DERSequence(new ASN1Encodable[] { new DERTaggedObject(true, 2, new ASN1Integer(1)) })));
		byte[] names = ConstraintsText.names("dns:example.com ip:0a000001 dir:O=Example rid:1.2.3");
		return Stream.concat(
				malformed.entrySet()
					.stream()
					.flatMap(
							(entry) -> PathRow.inBothRoles(
									named("leaf", entry.getKey(),
											(role) -> Presented.issuedBy(ROOT,
													leaf(role).extension("2.5.29.17", false, entry.getValue()))),
									named("intermediate", entry.getKey(),
											(role) -> Presented.issuedBy(below(false, "2.5.29.17", entry.getValue()),
													leaf(role))),
									named("anchor", entry.getKey(),
											(role) -> Presented.issuedBy(below(true, "2.5.29.17", entry.getValue()),
													leaf(role))))),
				PathRow.inBothRoles(PathRow.accepted("names of several types", (role) -> Presented
					.issuedBy(below(false, "2.5.29.17", names), leaf(role).extension("2.5.29.17", false, names)))));
	}

	private static PathRow named(String where, String what, Function<PeerRole, Presented> presented) {
		return PathRow.refused("%s's names: %s".formatted(where, what), Reason.IDENTITY_MALFORMED, "", presented);
	}

	private static PathRow refused(String description, String identifier,
			Function<PeerRole, CertificateRequest.Builder> leaf) {
		return PathRow.refused(description, Reason.CERTIFICATE_MALFORMED, identifier,
				(role) -> Presented.issuedBy(ROOT, leaf.apply(role)));
	}

	private static PathRow refusedBelow(String description, String identifier, boolean anchor, byte[] value) {
		return PathRow.refused(description, Reason.CERTIFICATE_MALFORMED, identifier,
				(role) -> Presented.issuedBy(below(anchor, identifier, value), leaf(role)));
	}

	private static CertificateAuthority below(boolean anchor, String identifier, byte[] value) {
		CertificateRequest.Builder authority = Certificates.authority("Odd")
			.withoutKeyIdentifiers()
			.extension(identifier, false, value);
		return anchor ? Certificates.root(authority) : ROOT.intermediate(authority.build());
	}

	private static CertificateRequest.Builder leaf(PeerRole role) {
		return Certificates.leaf(role).withoutKeyIdentifiers();
	}

}
