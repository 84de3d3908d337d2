package dev.mtls.trust;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.material.TrustMaterial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RequiredPolicies} and {@link AnchorPolicies}.
 */
class RequiredPoliciesTests {

	private static final String POLICIES = "2.5.29.32";

	private static final String CONSTRAINTS = "2.5.29.36";

	private static final String MAPPINGS = "2.5.29.33";

	private static final String INHIBIT_ANY = "2.5.29.54";

	private static final String ANY = RequiredPolicies.ANY_POLICY;

	private static final String NONE = "none";

	@ParameterizedTest(name = "required {0}, intermediate {1}, leaf {2}: {3}")
	@CsvSource({ "1.2.3, 1.2.3, 1.2.3, true", "1.2.3, 1.2.3 1.2.4, 1.2.4 1.2.3, true", "1.2.3, any, 1.2.3, true",
			"1.2.3, any, any, true", "1.2.3, 1.2.3, any, true", "1.2.3 1.2.4, 1.2.4, 1.2.4, true",
			"1.2.3, none, 1.2.3, false", "1.2.3, 1.2.3, none, false", "1.2.3, 1.2.4, 1.2.3, false",
			"1.2.3, 1.2.3, 1.2.4, false", "1.2.3, any, 1.2.4, false", "1.2.3, 1.2.3, 1.2.3.1, false",
			"none, none, none, true", "none, 1.2.4, 1.2.3, true" })
	void pathMustAssertRequiredPolicy(String required, String intermediate, String leaf, boolean accepted) {
		CertificateAuthority issuing = Certificates.root("Root")
			.intermediate(asserting(Certificates.authority("Issuing CA"), intermediate).build());
		for (PeerRole role : PeerRole.values()) {
			assertVerdict(issuing, asserting(Certificates.leaf(role), leaf), required, role, accepted);
		}
	}

	@ParameterizedTest(name = "anchor {0}, skipping {1}, required {2}, leaf {3}: {4}")
	@CsvSource({ "none, 0, none, none, false", "none, 0, none, 1.2.3, true", "none, 1, none, none, false",
			"none, 2, none, none, true", "1.2.3, 0, none, 1.2.3, true", "1.2.3, 0, none, 1.2.4, false",
			"1.2.3, 9, none, 1.2.4, true", "any, 0, none, 1.2.4, true", "1.2.3, 9, 1.2.3, 1.2.3, true",
			"1.2.4, 9, 1.2.3, 1.2.3, false", "any, 9, 1.2.3, 1.2.3, true" })
	void anchorRequiresPolicy(String anchor, int skipped, String required, String leaf, boolean accepted) {
		CertificateAuthority root = Certificates.root(asserting(Certificates.authority("Root"), anchor)
			.extension(CONSTRAINTS, true, ConstraintsText.der(new DERSequence(skip(0, skipped)))));
		for (PeerRole role : PeerRole.values()) {
			assertVerdict(root, asserting(Certificates.leaf(role), leaf), required, role, accepted);
		}
	}

	@ParameterizedTest
	@CsvSource({ "0, any, false", "0, 1.2.3, true", "1, any, true" })
	void anchorInhibitsAnyPolicy(int skipped, String leaf, boolean accepted) {
		CertificateAuthority root = Certificates.root(Certificates.authority("Root")
			.extension(INHIBIT_ANY, true, ConstraintsText.der(new ASN1Integer(skipped))));
		assertVerdict(root, asserting(Certificates.leaf(PeerRole.CLIENT), leaf), "1.2.3", PeerRole.CLIENT, accepted);
	}

	@ParameterizedTest
	@CsvSource({ "false, true", "true, false" })
	void anchorInhibitsMapping(boolean inhibited, boolean accepted) {
		CertificateRequest.Builder request = Certificates.authority("Root");
		CertificateAuthority root = Certificates.root(inhibited
				? request.extension(CONSTRAINTS, true, ConstraintsText.der(new DERSequence(skip(1, 0)))) : request);
		CertificateAuthority issuing = root
			.intermediate(mapping(asserting(Certificates.authority("Issuing CA"), "1.2.3"), "1.2.3", "1.2.9").build());
		assertVerdict(issuing, asserting(Certificates.leaf(PeerRole.CLIENT), "1.2.9"), "1.2.3", PeerRole.CLIENT,
				accepted);
	}

	@ParameterizedTest
	@CsvSource({ "1.2.9, true", "1.2.8, false" })
	void anchorMapsPolicy(String leaf, boolean accepted) {
		CertificateAuthority root = Certificates
			.root(mapping(asserting(Certificates.authority("Root"), "1.2.3"), "1.2.3", "1.2.9"));
		assertVerdict(root, asserting(Certificates.leaf(PeerRole.CLIENT), leaf), "1.2.3", PeerRole.CLIENT, accepted);
	}

	@Test
	void denialNamesRequiredPolicies() {
		CertificateAuthority root = Certificates.root("Root");
		assertThat(verify(root, Certificates.leaf(PeerRole.CLIENT), "1.2.3", PeerRole.CLIENT)).isInstanceOfSatisfying(
				Verdict.Refused.class, (refused) -> assertThat(refused.denial().detail()).contains("[1.2.3]"));
		CertificateAuthority other = Certificates.root(asserting(Certificates.authority("Root"), "1.2.4"));
		assertThat(verify(other, Certificates.leaf(PeerRole.CLIENT), "1.2.3", PeerRole.CLIENT)).isInstanceOfSatisfying(
				Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().detail()).contains("CN=Root is for none", "[1.2.3]"));
	}

	@Test
	void parseWhenIdentifiersReturnsThem() {
		assertThat(RequiredPolicies.parse(List.of("1.3.6.1.4.1.99999.1", " 2.999.0 ", "0.39")).identifiers())
			.isEqualTo(Set.of("1.3.6.1.4.1.99999.1", "2.999.0", "0.39"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "1.", ".1", "1..2", "3.1", "1.40", "1.2.03", "1.2.-3", "1.2.x", "anyPolicy",
			"2.5.29.32.0", "1.2 1.3", "١.2" })
	void parseWhenNoIdentifierThrows(String identifier) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> RequiredPolicies.parse(List.of(identifier)))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID);
				assertThat(ex.place()).isEqualTo("'%s'".formatted(identifier));
			});
	}

	@Test
	void parseWhenEmptyThrows() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> RequiredPolicies.parse(List.of()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULES_EMPTY));
	}

	private static void assertVerdict(CertificateAuthority issuer, CertificateRequest.Builder leaf, String required,
			PeerRole role, boolean accepted) {
		Verdict<VerifiedPath> verdict = verify(issuer, leaf, required, role);
		if (accepted) {
			assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
			return;
		}
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.CONSTRAINT_VIOLATED));
	}

	private static Verdict<VerifiedPath> verify(CertificateAuthority issuer, CertificateRequest.Builder leaf,
			String required, PeerRole role) {
		RequiredPolicies policies = required.equals(NONE) ? RequiredPolicies.NONE
				: RequiredPolicies.parse(List.of(required.split(" ")));
		return new PathVerifier(TrustMaterial.of("test", List.of(issuer.anchor())), policies)
			.verify(Certificates.issue(issuer, leaf), role, Certificates.NOW);
	}

	private static CertificateRequest.Builder asserting(CertificateRequest.Builder request, String policies) {
		return policies.equals(NONE) ? request : request
			.extension(POLICIES, false, ConstraintsText.der(new DERSequence(Arrays.stream(policies.split(" "))
				.map((policy) -> new PolicyInformation(new ASN1ObjectIdentifier(policy.equals("any") ? ANY : policy)))
				.toArray(ASN1Encodable[]::new))));
	}

	private static CertificateRequest.Builder mapping(CertificateRequest.Builder request, String from, String to) {
		return request.extension(MAPPINGS, false, ConstraintsText.der(new DERSequence(new DERSequence(
				new ASN1Encodable[] { new ASN1ObjectIdentifier(from), new ASN1ObjectIdentifier(to) }))));
	}

	private static ASN1Encodable skip(int tag, int count) {
		return new DERTaggedObject(false, tag, new ASN1Integer(count));
	}

}
