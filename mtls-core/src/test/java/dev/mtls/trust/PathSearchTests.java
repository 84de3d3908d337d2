package dev.mtls.trust;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathSearch}.
 */
class PathSearchTests {

	private static final CertificateAuthority ROOT = Certificates.root("Root");

	@Test
	void findWhenUnneededArePresentedLeavesThemOut() {
		CertificateAuthority issuing = ROOT.intermediate("CN=Issuing CA");
		List<X509Certificate> chain = chain(issuing, ROOT.intermediate("CN=Unneeded").certificate(), ROOT.anchor());
		assertThat(found(chain, ROOT.anchor())).singleElement().satisfies((path) -> {
			assertThat(path.certificates()).containsExactly(chain.get(0), issuing.certificate());
			assertThat(path.anchor()).isEqualTo(ROOT.anchor());
		});
	}

	@Test
	void findWhenIntermediateIsAnAnchorTooReturnsShorterPathFirst() {
		CertificateAuthority issuing = ROOT.intermediate("CN=Issuing CA");
		List<X509Certificate> chain = chain(issuing);
		assertThat(found(chain, ROOT.anchor(), issuing.certificate())).extracting(CandidatePath::anchor)
			.containsExactly(issuing.certificate(), ROOT.anchor());
	}

	@Test
	void findWhenAnchorIsGivenTwiceReturnsOnePath() {
		assertThat(found(chain(ROOT), ROOT.anchor(), ROOT.anchor())).hasSize(1);
	}

	@Test
	void findWhenIssuersGoInACircleIsRefused() {
		CertificateAuthority one = Certificates.root("One");
		CertificateAuthority two = one.intermediate("CN=Two");
		X509Certificate oneByTwo = two.intermediate(Certificates.authority("One").keyPair(keyOf(one)).build())
			.certificate();
		assertThat(find(chain(two, oneByTwo), ROOT.anchor())).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.ISSUER_UNKNOWN));
	}

	@Test
	void findWhenAsManyAnchorsShareNameAsAreTriedReturnsAll() {
		assertThat(found(chain(ROOT), sameNamed("Root", PathSearch.MAX_PATHS))).hasSize(PathSearch.MAX_PATHS);
	}

	@Test
	void findWhenMoreAnchorsShareNameThanAreTriedIsRefused() {
		assertTooMany(find(chain(ROOT), sameNamed("Root", PathSearch.MAX_PATHS + 1)));
	}

	@Test
	void findWhenPresentedShareOneNameIsRefusedInsteadOfTryingEveryOrder() {
		assertTooMany(find(chain(Certificates.root("Same"), sameNamed("Same", 9)), ROOT.anchor()));
	}

	@Test
	void findWhenFewPresentedShareOneNameTriesEveryOrder() {
		X509Certificate[] three = sameNamed("Root", 3);
		// none of the three, one, two, or all, in any order: 1 + 3 + 6 + 6
		assertThat(found(chain(ROOT, three), ROOT.anchor())).hasSize(16);
	}

	private static void assertTooMany(Verdict<List<CandidatePath>> verdict) {
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).isEqualTo(Reason.CERTIFICATE_MALFORMED);
			assertThat(refused.denial().detail()).contains("too many ways");
		});
	}

	private static List<CandidatePath> found(List<X509Certificate> chain, X509Certificate... anchors) {
		return ((Verdict.Accepted<List<CandidatePath>>) find(chain, anchors)).value();
	}

	private static Verdict<List<CandidatePath>> find(List<X509Certificate> chain, X509Certificate... anchors) {
		return new PathSearch(List.of(anchors)).find(chain, PeerRole.CLIENT, Certificates.NOW);
	}

	private static List<X509Certificate> chain(CertificateAuthority issuer, X509Certificate... extras) {
		List<X509Certificate> chain = new ArrayList<>(Certificates.issue(issuer, Certificates.leaf(PeerRole.CLIENT)));
		chain.addAll(List.of(extras));
		return chain;
	}

	private static KeyPair keyOf(CertificateAuthority authority) {
		return new KeyPair(authority.certificate().getPublicKey(), authority.own().privateKey());
	}

	private static X509Certificate[] sameNamed(String commonName, int count) {
		return Stream.generate(() -> Certificates.root(commonName).anchor())
			.limit(count)
			.toArray(X509Certificate[]::new);
	}

}
