package dev.mtls.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.material.TrustMaterial;

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
	void warningsWhenVersion1SaySo() {
		CertificateAuthority root = Certificates.root("Root");
		assertThat(verified(root, Certificates.leaf(PeerRole.CLIENT)).warnings()).isEmpty();
		assertThat(verified(root, Certificates.leaf(PeerRole.CLIENT).version1()).warnings()).singleElement()
			.asString()
			.contains("CN=alice", "version 1");
	}

	@Test
	void trustDomainsAreThoseOfAnchor() {
		CertificateAuthority root = Certificates.root("Root");
		CertificateAuthority other = Certificates.root("Other");
		TrustMaterial trust = TrustMaterial.of("test", List.of(other.anchor()),
				Map.of("a", List.of(root.anchor()), "b", List.of(root.anchor(), other.anchor())));
		assertThat(trustDomains(root, trust)).containsExactlyInAnyOrder("a", "b");
		assertThat(trustDomains(other, trust)).containsExactly("b");
		assertThat(trustDomains(root, TrustMaterial.of("test", List.of(root.anchor())))).isNull();
		CertificateAuthority plain = Certificates.root("Plain");
		assertThat(trustDomains(plain,
				TrustMaterial.of("test", List.of(plain.anchor()), Map.of("a", List.of(root.anchor())))))
			.isEmpty();
	}

	@Test
	void trustDomainsWhenPathsToSeveralAnchorsAreThoseOfOwnTrustDomain() {
		KeyPair key = KeyType.EC_P256.generate();
		CertificateAuthority one = Certificates.root("One");
		CertificateAuthority issuing = one.intermediate(Certificates.authority("Issuing").keyPair(key).build());
		CertificateAuthority two = Certificates.root("Two");
		X509Certificate cross = two.intermediate(Certificates.authority("Issuing").keyPair(key).build()).certificate();
		TrustMaterial trust = TrustMaterial.of("test", List.of(),
				Map.of("one", List.of(one.anchor()), "two", List.of(two.anchor())));
		for (String own : List.of("one", "two")) {
			List<X509Certificate> chain = new ArrayList<>(Certificates.issue(issuing,
					Certificates.leaf(PeerRole.CLIENT).uri("spiffe://%s/a".formatted(own))));
			chain.add(cross);
			assertThat(verified(chain, trust).trustDomains()).containsExactly(own);
		}
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

	private static @Nullable Set<String> trustDomains(CertificateAuthority authority, TrustMaterial trust) {
		return verified(Certificates.issue(authority, Certificates.leaf(PeerRole.CLIENT)), trust).trustDomains();
	}

	private static VerifiedPath verified(List<X509Certificate> chain, TrustMaterial trust) {
		Verdict<VerifiedPath> verdict = new PathVerifier(trust, RequiredPolicies.NONE).verify(chain, PeerRole.CLIENT,
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
