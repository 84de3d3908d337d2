package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.PeerIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VerifiedPath}.
 */
class VerifiedPathTests {

	private static final Instant SOON = Certificates.NOW.plus(Duration.ofDays(1));

	private static final Instant LATER = Certificates.NOW.plus(Duration.ofDays(2));

	private static final Instant LAST = Certificates.NOW.plus(Duration.ofDays(3));

	@Test
	void certificatesWhenIntermediateExcludeAnchor() {
		CertificateAuthority root = Certificates.root("Root");
		CertificateAuthority issuing = root.intermediate("CN=Issuing CA");
		VerifiedPath path = verified(issuing, Certificates.leaf(PeerRole.CLIENT));
		assertThat(path.certificates()).hasSize(2).last().isEqualTo(issuing.certificate());
		assertThat(path.anchor()).isEqualTo(root.anchor());
		assertThat(path.role()).isEqualTo(PeerRole.CLIENT);
		assertThat(path.identity()).isEqualTo(PeerIdentity.of(path.certificates().get(0)));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> path.certificates().remove(0));
	}

	@Test
	void certificatesWhenSelfSignedHoldAnchor() {
		X509Certificate certificate = Certificates.selfSigned(Certificates.leaf(PeerRole.CLIENT));
		VerifiedPath path = verified(List.of(certificate), certificate);
		assertThat(path.certificates()).containsExactly(certificate);
		assertThat(path.anchor()).isEqualTo(certificate);
	}

	@Test
	void notAfterReturnsEarliestOfPath() {
		assertThat(notAfter(SOON, LATER, LAST)).isEqualTo(SOON);
		assertThat(notAfter(LATER, SOON, LAST)).isEqualTo(SOON);
		assertThat(notAfter(LAST, LATER, SOON)).isEqualTo(SOON);
	}

	@Test
	void toStringNamesPeerAndAnchorButHoldsNoCertificate() {
		assertThat(verified(Certificates.root("Root"), Certificates.leaf(PeerRole.CLIENT).notAfter(SOON)))
			.hasToString("CLIENT alice trusted through CN=Root until 2026-11-21T12:00:00Z");
	}

	static VerifiedPath verified(CertificateAuthority authority, CertificateRequest.Builder leaf) {
		return verified(Certificates.issue(authority, leaf), authority.anchor());
	}

	private static VerifiedPath verified(List<X509Certificate> chain, X509Certificate anchor) {
		Verdict<VerifiedPath> verdict = new PathVerifier(List.of(anchor)).verify(chain, PeerRole.CLIENT,
				Certificates.NOW);
		return ((Verdict.Accepted<VerifiedPath>) verdict).value();
	}

	private static Instant notAfter(Instant ofLeaf, Instant ofIntermediate, Instant ofAnchor) {
		CertificateAuthority root = Certificates.root(Certificates.authority("Root").notAfter(ofAnchor));
		CertificateAuthority issuing = root
			.intermediate(Certificates.authority("Issuing CA").notAfter(ofIntermediate).build());
		return verified(issuing, Certificates.leaf(PeerRole.CLIENT).notAfter(ofLeaf)).notAfter();
	}

}
