package dev.mtls.trust;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.decision.Reason;

/**
 * Tests for {@link NameConstraintsCheck}: each row for the constraints of an intermediate
 * and for those of the anchor, in both roles.
 */
class NameConstraintsCheckTests {

	private static final String CONSTRAINTS = "2.5.29.30";

	private static final String ALTERNATIVE_NAMES = "2.5.29.17";

	private static final CertificateAuthority ROOT = Certificates.root("Root");

	@ParameterizedTest(name = "permitted [{0}], excluded [{1}], names [{2}]: {3}")
	@CsvSource(nullValues = "-", value = {
			// permitted, excluded, names, accepted
			"dns:example.com, -, dns:example.com, true", "dns:example.com, -, dns:a.b.example.com, true",
			"dns:example.com, -, dns:A.EXAMPLE.COM, true", "dns:EXAMPLE.com, -, dns:a.example.com, true",
			"dns:example.com, -, dns:notexample.com, false", "dns:example.com, -, dns:com, false",
			"dns:example.com, -, dns:a.example.com dns:a.example.org, false",
			"dns:example.com dns:example.org, -, dns:a.example.com dns:a.example.org, true",
			"dns:example.com, -, dns:*.example.com, true", "dns:a.example.com, -, dns:*.example.com, false",
			"dns:example.com, -, uri:https://other.org/, true", "dns:example.com, -, ip:0a000001, true",
			"-, dns:example.com, dns:example.com, false", "-, dns:example.com, dns:a.example.com, false",
			"-, dns:example.com, dns:example.org, true", "-, dns:example.com, dns:a.example.com., false",
			"dns:example.com, dns:bad.example.com, dns:bad.example.com, false",
			"dns:example.com, dns:bad.example.com, dns:a.bad.example.com, false",
			"dns:example.com, dns:bad.example.com, dns:good.example.com, true",
			"dns:bad.example.com, dns:example.com, dns:bad.example.com, false",
			"-, dns:foo.example.com, dns:*.example.com, false", "-, dns:a.foo.example.com, dns:*.example.com, true",
			"-, dns:com, dns:*.com, false", "email:example.com, -, email:a@example.com, true",
			"email:example.com, -, email:a@EXAMPLE.com, true", "email:example.com, -, email:a@b.example.com, false",
			"email:.example.com, -, email:a@b.example.com, true", "email:.example.com, -, email:a@example.com, false",
			"email:a@example.com, -, email:a@example.com, true", "email:a@example.com, -, email:b@example.com, false",
			"-, email:a@example.com, email:A@example.com, false", "-, email:a@example.com, email:b@example.com, true",
			"-, email:example.com, email:nobody, false", "uri:example.org, -, uri:spiffe://example.org/a, true",
			"uri:example.org, -, uri:spiffe://example.com/a, false",
			"uri:example.org, -, uri:spiffe://a.example.org/a, false",
			"uri:.example.org, -, uri:https://a.example.org/?b#c, true",
			"uri:.example.org, -, uri:https://example.org/, false",
			"-, uri:example.org, uri:https://a@EXAMPLE.org:8443/, false",
			"-, uri:example.org, uri:https://example.com/@example.org, true",
			"-, uri:example.org, uri:urn:uuid:1, false", "-, uri:example.org, uri:https://10.0.0.1/, false",
			"dns:example.org, -, uri:urn:uuid:1, true", "-, dir:O=Evil, 'dir:O=Evil,CN=a', false",
			"-, dir:O=Evil_Corp, 'dir:O=EVIL__corp,CN=a', false", "-, dir:O=Evil, 'dir:CN=a,O=Evil', true",
			"ip:0a000000ff000000, -, ip:0a010203, true", "ip:0a000000ff000000, -, ip:0b010203, false",
			"ip:0a000000ff000000, -, ip:20010db8000000000000000000000001, false",
			"-, ip:0a000000ff000000, ip:0a010203, false", "-, ip:0a000000ff000000, ip:0b010203, true",
			"-, ip:0a000000ff000000, ip:00000000000000000000ffff0a010203, false",
			"-, ip:0a800000ff800000, ip:0a7f0000, true", "-, ip:0a800000ff800000, ip:0aff0000, false",
			"-, ip:20010db8000000000000000000000000ffffffff000000000000000000000000, ip:20010db8000000000000000000000001, false",
			"-, ip:20010db8000000000000000000000000ffffffff000000000000000000000000, ip:20010db9000000000000000000000001, true",
			"rid:1.2.3, -, rid:1.2.3, false", "-, rid:1.2.3, rid:1.2.4, false",
			"-, rid:1.2.3, dns:a.example.com, true" })
	void namesKeepToConstraints(@Nullable String permitted, @Nullable String excluded, String names, boolean accepted) {
		byte[] constraints = ConstraintsText.constraints(orEmpty(permitted), orEmpty(excluded));
		for (PeerRole role : PeerRole.values()) {
			CertificateRequest.Builder leaf = leaf(role).extension(ALTERNATIVE_NAMES, false,
					ConstraintsText.names(names));
			for (CertificateAuthority issuer : constrained(constraints)) {
				(accepted ? PathRow.accepted("", (any) -> Presented.issuedBy(issuer, leaf)) : PathRow.refused("",
						Reason.CONSTRAINT_VIOLATED, "", (any) -> Presented.issuedBy(issuer, leaf)))
					.assertVerdict(role);
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "dir:O=Example | CN=Alice A,O=Example | true", "dir:O=Example | CN=Alice A,O=EXAMPLE | true",
					"dir:O=Example | CN=Alice A,O=Other | false", "dir:O=Example | O=Example,CN=Alice A | false",
					"email:example.com | CN=Alice A,1.2.840.113549.1.9.1=a@example.com | true",
					"email:example.com | CN=Alice A,1.2.840.113549.1.9.1=a@example.org | false" })
	void subjectKeepsToConstraints(String permitted, String subject, boolean accepted) {
		byte[] constraints = ConstraintsText.constraints(permitted, "");
		for (PeerRole role : PeerRole.values()) {
			for (CertificateAuthority issuer : constrained(constraints)) {
				CertificateRequest.Builder leaf = leaf(role).subject(subject);
				(accepted ? PathRow.accepted("", (any) -> Presented.issuedBy(issuer, leaf)) : PathRow.refused("",
						Reason.CONSTRAINT_VIOLATED, "name constraints", (any) -> Presented.issuedBy(issuer, leaf)))
					.assertVerdict(role);
			}
		}
	}

	@ParameterizedTest(name = "{0}, {2}")
	@MethodSource("malformed")
	void malformedConstraintsAreRefused(String description, byte[] constraints, PeerRole role) {
		for (CertificateAuthority issuer : constrained(constraints)) {
			PathRow
				.refused(description, Reason.CERTIFICATE_MALFORMED, CONSTRAINTS,
						(any) -> Presented.issuedBy(issuer, leaf(role)))
				.assertVerdict(role);
		}
	}

	static Stream<Arguments> malformed() {
		GeneralSubtree subtree = new GeneralSubtree(ConstraintsText.name("dns:example.com"));
		GeneralSubtree minimum = new GeneralSubtree(subtree.getBase(), BigInteger.ONE, null);
		GeneralSubtree maximum = new GeneralSubtree(subtree.getBase(), BigInteger.ZERO, BigInteger.TEN);
		ASN1Encodable permitted = ConstraintsText.subtrees(0, subtree);
		ASN1Encodable excluded = ConstraintsText.subtrees(1, subtree);
		Stream<Arguments> names = Stream
			.of("dns:.example.com", "dns:*.example.com", "dns:a..example.com", "dns:example.com.", "dns:10.0.0.1",
					"dns:a_b", "email:@example.com", "email:a@b@example.com", "email:*.example.com", "email:.",
					"email:a@", "uri:https://example.com", "uri:example.com:443", "uri:example.com/a", "uri:*.a.org",
					"ip:0a000001", "ip:20010db8000000000000000000000001", "ip:0a000000ff00ff00", "ip:")
			.flatMap((name) -> Stream.of(Arguments.of("permitted " + name, ConstraintsText.constraints(name, "")),
					Arguments.of("excluded " + name, ConstraintsText.constraints("", name))));
		Stream<Arguments> shapes = Stream.of(Arguments.of("neither subtrees", sequence()),
				Arguments.of("permitted without subtree", sequence(ConstraintsText.subtrees(0))),
				Arguments.of("excluded without subtree", sequence(permitted, ConstraintsText.subtrees(1))),
				Arguments.of("minimum", sequence(ConstraintsText.subtrees(0, minimum))),
				Arguments.of("maximum", sequence(ConstraintsText.subtrees(1, maximum))),
				Arguments.of("out of order", sequence(excluded, permitted)),
				Arguments.of("twice", sequence(permitted, permitted)),
				Arguments.of("unknown field", sequence(permitted, ConstraintsText.subtrees(2, subtree))),
				Arguments.of("no DER", new byte[] { 1, 2, 3 }));
		return Stream.concat(names, shapes)
			.map(Arguments::get)
			.flatMap((row) -> Stream.of(PeerRole.values()).map((role) -> Arguments.of(row[0], row[1], role)));
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource
	void shapes(PathRow row, PeerRole role) {
		row.assertVerdict(role);
	}

	static Stream<Arguments> shapes() {
		byte[] example = ConstraintsText.constraints("dns:example.com", "");
		byte[] organization = ConstraintsText.constraints("dir:O=Example", "");
		CertificateAuthority wide = intermediate("Wide", example);
		CertificateAuthority narrow = wide.intermediate(Certificates.authority("Narrow A")
			.extension(CONSTRAINTS, true, ConstraintsText.constraints("dns:a.example.com", ""))
			.build());
		CertificateAuthority wider = narrow.intermediate(Certificates.authority("Wider A")
			.extension(CONSTRAINTS, true, ConstraintsText.constraints("dns:example.com", ""))
			.build());
		CertificateAuthority organizationRoot = Certificates
			.root(CertificateRequest.authority("CN=Root A,O=Example").extension(CONSTRAINTS, true, organization));
		return PathRow.inBothRoles(
				PathRow.refused("name constraints of the leaf", Reason.CONSTRAINT_VIOLATED, "for CA certificates only",
						(role) -> Presented.issuedBy(ROOT, leaf(role).extension(CONSTRAINTS, true, example))),
				PathRow.refused("name constraints of a self-signed leaf that is configured", Reason.CONSTRAINT_VIOLATED,
						"for CA certificates only",
						(role) -> Presented
							.itself(Certificates.selfSigned(leaf(role).extension(CONSTRAINTS, true, example)))),
				PathRow.accepted("constraints that narrow",
						(role) -> Presented.issuedBy(narrow, leaf(role).dns("x.a.example.com"))),
				PathRow.refused("name outside of the narrower", Reason.CONSTRAINT_VIOLATED, "name constraints",
						(role) -> Presented.issuedBy(narrow, leaf(role).dns("x.b.example.com"))),
				PathRow.refused("constraints that widen again", Reason.CONSTRAINT_VIOLATED, "name constraints",
						(role) -> Presented.issuedBy(wider, leaf(role).dns("x.b.example.com"))),
				PathRow.refused("name of an intermediate", Reason.CONSTRAINT_VIOLATED, "certificate CN=Stray A",
						(role) -> Presented.issuedBy(organizationRoot.intermediate("CN=Stray A"),
								leaf(role).subject("CN=Alice A,O=Example"))),
				PathRow.accepted("intermediate within",
						(role) -> Presented.issuedBy(organizationRoot.intermediate("CN=Stray A,O=Example"),
								leaf(role).subject("CN=Alice A,O=Example"))),
				PathRow.accepted("self-issued intermediate with a name outside", (role) -> selfIssued(role, false)),
				PathRow.refused("leaf below it with a name outside", Reason.CONSTRAINT_VIOLATED, "name constraints",
						(role) -> selfIssued(role, true)),
				PathRow.refused("an excluded name in constraints that are not critical", Reason.CONSTRAINT_VIOLATED,
						"excluded by the name constraints of CN=Lenient",
						(role) -> Presented.issuedBy(
								Certificates.root(Certificates.authority("Lenient")
									.extension(CONSTRAINTS, false, ConstraintsText.constraints("", "dns:example.com"))),
								leaf(role).dns("a.example.com"))),
				PathRow.refused("everything is excluded by the anchor", Reason.CONSTRAINT_VIOLATED, "excluded by",
						(role) -> Presented.issuedBy(
								Certificates.root(Certificates.authority("Nothing A")
									.extension(CONSTRAINTS, true, ConstraintsText.constraints("", "dns:"))),
								leaf(role).dns("a.example.com"))));
	}

	// The root's name is outside of its own constraints, and so is its new certificate's
	private static Presented selfIssued(PeerRole role, boolean outside) {
		byte[] constraints = ConstraintsText.constraints("dir:O=Example", "");
		CertificateAuthority root = Certificates
			.root(CertificateRequest.authority("CN=Root A").extension(CONSTRAINTS, true, constraints));
		CertificateAuthority next = root.intermediate(CertificateRequest.authority("CN=Root A").build());
		return Presented.issuedBy(next, leaf(role).subject(outside ? "CN=Alice A,O=Other" : "CN=Alice A,O=Example"));
	}

	// Not critical, because Java does not read a malformed extension that is
	private static Collection<CertificateAuthority> constrained(byte[] constraints) {
		CertificateRequest.Builder anchor = Certificates.authority("Constrained A")
			.extension(CONSTRAINTS, false, constraints);
		return List.of(intermediate("Issuing", constraints), Certificates.root(anchor));
	}

	private static CertificateAuthority intermediate(String name, byte[] constraints) {
		return ROOT
			.intermediate(Certificates.authority(name + " A").extension(CONSTRAINTS, false, constraints).build());
	}

	// A common name that cannot be taken for a DNS name, which the JDK would constrain
	private static CertificateRequest.Builder leaf(PeerRole role) {
		return CertificateRequest.client("Alice A")
			.notAfter(Certificates.NOW.plusSeconds(3600))
			.extendedKeyUsage((role == PeerRole.CLIENT) ? ExtendedKeyUsage.CLIENT_AUTH : ExtendedKeyUsage.SERVER_AUTH);
	}

	private static byte[] sequence(ASN1Encodable... fields) {
		return ConstraintsText.der(new DERSequence(fields));
	}

	private static String orEmpty(@Nullable String text) {
		return Objects.requireNonNullElse(text, "");
	}

}
