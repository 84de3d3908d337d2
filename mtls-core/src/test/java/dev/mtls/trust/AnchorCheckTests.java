package dev.mtls.trust;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.Reason;

/**
 * Tests for {@link AnchorCheck}: what an anchor's own certificate forbids, and its
 * nearest neighbour that does not.
 */
class AnchorCheckTests {

	private static final String BASIC_CONSTRAINTS = "2.5.29.19";

	// SEQUENCE { cA TRUE }
	private static final byte[] CA = { 0x30, 0x03, 0x01, 0x01, (byte) 0xff };

	private static final byte[] NULL = { 0x05, 0x00 };

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource({ "lengths", "extensions", "several" })
	void verifyReturnsVerdict(PathRow row, PeerRole role) {
		row.assertVerdict(role);
	}

	static Stream<Arguments> lengths() {
		CertificateAuthority none = Certificates.root(Certificates.authority("Root").pathLength(0));
		CertificateAuthority one = Certificates.root(Certificates.authority("Root").pathLength(1));
		CertificateAuthority two = one.intermediate(Certificates.authority("Policy CA").build())
			.intermediate(Certificates.authority("Issuing CA").build());
		return PathRow.inBothRoles(
				PathRow.refused("an intermediate below an anchor that allows none", Reason.CONSTRAINT_VIOLATED,
						"CN=Root allows 0 intermediate CAs below it, but the path has 1",
						(role) -> below(none, "Issuing CA", role)),
				PathRow.accepted("a leaf below an anchor that allows no intermediate",
						(role) -> Presented.issuedBy(none, Certificates.leaf(role))),
				PathRow.accepted("a self-issued intermediate, which does not count",
						(role) -> below(none, "Root", role)),
				PathRow.accepted("an intermediate below an anchor that allows one",
						(role) -> below(one, "Issuing CA", role)),
				PathRow.refused("two intermediates below an anchor that allows one", Reason.CONSTRAINT_VIOLATED,
						"CN=Root allows 1 intermediate CAs below it, but the path has 2",
						(role) -> Presented.issuedBy(two, Certificates.leaf(role))));
	}

	static Stream<Arguments> extensions() {
		return PathRow
			.inBothRoles(
					PathRow.refused("anchor with an unknown critical extension", Reason.CONSTRAINT_VIOLATED,
							"CN=Odd has the critical extension 1.2.3.4, which is not known",
							(role) -> belowRoot(role, authority().extension("1.2.3.4", true, NULL))),
					PathRow.accepted("anchor with an unknown extension that is not critical",
							(role) -> belowRoot(role, authority().extension("1.2.3.4", false, NULL))),
					PathRow.refused("anchor whose basic constraints are not critical", Reason.CONSTRAINT_VIOLATED,
							"CN=Odd is a CA certificate whose basic constraints are not critical",
							(role) -> belowRoot(role, authority().extension(BASIC_CONSTRAINTS, false, CA))),
					PathRow.accepted("anchor whose basic constraints are critical",
							(role) -> belowRoot(role, authority().extension(BASIC_CONSTRAINTS, true, CA))),
					PathRow
						.accepted(
								"anchor of version 1, which cannot say", (role) -> belowRoot(role,
										authority().version1())),
					PathRow.accepted("intermediate whose basic constraints are not critical",
							(role) -> Presented.issuedBy(
									Certificates.root("Root")
										.intermediate(authority().extension(BASIC_CONSTRAINTS, false, CA).build()),
									Certificates.leaf(role))),
					PathRow.refused("intermediate with an unknown critical extension", Reason.CONSTRAINT_VIOLATED,
							"critical",
							(role) -> Presented.issuedBy(
									Certificates.root("Root")
										.intermediate(authority().extension("1.2.3.4", true, NULL).build()),
									Certificates.leaf(role))));
	}

	static Stream<Arguments> several() {
		CertificateRequest.Builder odd = authority().withoutKeyIdentifiers().keyPair(KeyType.EC_P256.generate());
		CertificateAuthority right = Certificates.root(odd);
		CertificateAuthority constrained = Certificates.root(odd.extension("1.2.3.4", true, NULL));
		CertificateAuthority malformed = Certificates
			.root(odd.extension("1.2.3.4", false, NULL).extension("2.5.29.37", false, NULL));
		return PathRow.inBothRoles(
				PathRow.accepted("anchors of one name and key, of which the right one is last",
						(role) -> Presented.issuedBy(right, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(constrained, malformed, right)),
				PathRow.refused("anchors of one name and key, none of them right", Reason.CONSTRAINT_VIOLATED,
						"critical extension",
						(role) -> Presented.issuedBy(right, Certificates.leaf(role).withoutKeyIdentifiers())
							.trusting(constrained, malformed)));
	}

	private static Presented below(CertificateAuthority root, String intermediate, PeerRole role) {
		return Presented.issuedBy(root.intermediate(Certificates.authority(intermediate).build()),
				Certificates.leaf(role));
	}

	private static Presented belowRoot(PeerRole role, CertificateRequest.Builder root) {
		return Presented.issuedBy(Certificates.root(root), Certificates.leaf(role));
	}

	private static CertificateRequest.Builder authority() {
		return Certificates.authority("Odd");
	}

}
