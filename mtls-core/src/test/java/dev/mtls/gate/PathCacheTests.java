package dev.mtls.gate;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.material.TrustMaterial;
import dev.mtls.trust.PeerRole;
import dev.mtls.trust.RequiredPolicies;
import dev.mtls.trust.VerifiedPath;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathCache}. A path that was kept is the same instance.
 */
class PathCacheTests {

	private static final Instant NOW = MutableClock.START;

	private final List<String> warnings = new ArrayList<>();

	private final PathCache cache = cache(100);

	private final List<X509Certificate> alice = Site.chain(Site.ROOT, Site.client());

	private final List<X509Certificate> bob = Site.chain(Site.ROOT, Site.client());

	private final List<X509Certificate> stranger = Site.chain(Site.OTHER_ROOT, Site.client());

	@Test
	void verifyWhenChainIsKnownReturnsKeptPath() throws GeneralSecurityException {
		VerifiedPath path = accepted(this.cache, this.alice);
		assertThat(accepted(this.cache, this.alice)).isSameAs(path);
		assertThat(accepted(this.cache, List.of(copyOf(this.alice.get(0))))).isSameAs(path);
		assertThat(accepted(this.cache, this.bob)).isNotSameAs(path);
	}

	@Test
	void verifyWhenLeafIsOfVersion1WarnsOnceWhileItIsKept() {
		List<X509Certificate> old = List.of(Site.chain(Site.ROOT, Site.client().version1()).get(0));
		accepted(this.cache, old);
		accepted(this.cache, old);
		accepted(this.cache, this.alice);
		assertThat(this.warnings).singleElement().asString().contains("version 1");
	}

	@Test
	void verifyWhenChainHasOtherCertificatesDoesNotReturnKeptPath() {
		VerifiedPath path = accepted(this.cache, this.alice);
		List<X509Certificate> longer = List.of(this.alice.get(0), this.stranger.get(0));
		assertThat(accepted(this.cache, longer)).isNotSameAs(path);
		assertThat(this.cache.verify(List.of(this.stranger.get(0), this.alice.get(0)), NOW))
			.isInstanceOf(Verdict.Refused.class);
		assertThat(this.cache.verify(List.of(), NOW)).isInstanceOf(Verdict.Refused.class);
	}

	@Test
	void verifyWhenChainIsRefusedVerifiesItEachTime() {
		assertThat(this.cache.verify(this.stranger, NOW)).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.ISSUER_UNKNOWN));
		assertThat(this.cache.verify(this.stranger, NOW)).isInstanceOf(Verdict.Refused.class);
	}

	@Test
	void verifyWhenPathHasRunOutIsRefused() {
		List<X509Certificate> chain = Site.chain(Site.ROOT, Site.client().notAfter(NOW.plusSeconds(60)));
		accepted(this.cache, chain);
		assertThat(this.cache.verify(chain, NOW.plusSeconds(61))).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED));
	}

	@Test
	void verifyWhenPathWasNotYetValidIsAskedAgain() {
		List<X509Certificate> chain = Site.chain(Site.ROOT,
				Site.client().notBefore(NOW.plusSeconds(60)).notAfter(NOW.plus(Duration.ofDays(1))));
		assertThat(this.cache.verify(chain, NOW)).isInstanceOf(Verdict.Refused.class);
		assertThat(this.cache.verify(chain, NOW.plusSeconds(60))).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void verifyWhenFullDropsPathThatWasNotAskedForLongest() {
		PathCache small = cache(2);
		List<X509Certificate> carol = Site.chain(Site.ROOT, Site.client());
		VerifiedPath first = accepted(small, this.alice);
		VerifiedPath second = accepted(small, this.bob);
		assertThat(accepted(small, this.alice)).isSameAs(first);
		VerifiedPath third = accepted(small, carol);
		assertThat(accepted(small, this.alice)).isSameAs(first);
		assertThat(accepted(small, carol)).isSameAs(third);
		assertThat(accepted(small, this.bob)).isNotSameAs(second);
	}

	@Test
	void verifyWhenFullAndChainIsRefusedDropsNothing() {
		PathCache small = cache(1);
		VerifiedPath path = accepted(small, this.alice);
		assertThat(small.verify(this.stranger, NOW)).isInstanceOf(Verdict.Refused.class);
		assertThat(accepted(small, this.alice)).isSameAs(path);
	}

	@Test
	void followWhenAnchorsAreTheSameIsSameCache() {
		assertThat(this.cache.follow(trust(Site.ROOT.certificate()))).isSameAs(this.cache);
	}

	@Test
	void followWhenAnchorsDifferIsEmptyCacheOfThoseAnchors() {
		VerifiedPath path = accepted(this.cache, this.alice);
		PathCache both = this.cache.follow(trust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate()));
		assertThat(accepted(both, this.alice)).isNotSameAs(path);
		assertThat(both.verify(this.stranger, NOW)).isInstanceOf(Verdict.Accepted.class);
		PathCache other = this.cache.follow(trust(Site.OTHER_ROOT.certificate()));
		assertThat(other.verify(this.alice, NOW)).isInstanceOf(Verdict.Refused.class);
	}

	@Test
	void followWhenTrustDomainsDifferIsEmptyCacheOfThose() {
		X509Certificate root = Site.ROOT.certificate();
		VerifiedPath path = accepted(this.cache, this.alice);
		PathCache mapped = this.cache.follow(trust(Map.of("a", List.of(root))));
		assertThat(accepted(mapped, this.alice)).isNotSameAs(path)
			.satisfies((other) -> assertThat(other.trustDomains()).containsExactly("a"));
		assertThat(mapped.follow(trust(Map.of("a", List.of(root))))).isSameAs(mapped);
		assertThat(accepted(mapped.follow(trust(Map.of("b", List.of(root)))), this.alice).trustDomains())
			.containsExactly("b");
		assertThat(accepted(mapped.follow(trust(root)), this.alice).trustDomains()).isNull();
	}

	@Test
	void verifyAsksForRequiredPoliciesAndFollowKeepsThem() {
		PathCache strict = new PathCache(trust(Site.ROOT.certificate()), PeerRole.CLIENT,
				RequiredPolicies.parse(List.of("1.2.3")), this.warnings::add);
		assertThat(strict.verify(this.alice, NOW)).isInstanceOf(Verdict.Refused.class);
		assertThat(strict.follow(trust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate())).verify(this.alice, NOW))
			.isInstanceOf(Verdict.Refused.class);
	}

	@Test
	void followKeepsRoleAndSize() {
		PathCache small = cache(1).follow(trust(Site.ROOT.certificate(), Site.OTHER_ROOT.certificate()));
		VerifiedPath path = accepted(small, this.alice);
		accepted(small, this.bob);
		assertThat(accepted(small, this.alice)).isNotSameAs(path);
		assertThat(small.verify(Site.chain(Site.ROOT, Site.server()), NOW)).isInstanceOfSatisfying(
				Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.KEY_USAGE_WRONG));
	}

	private PathCache cache(int maxSize) {
		return new PathCache(trust(Site.ROOT.certificate()), PeerRole.CLIENT, RequiredPolicies.NONE, this.warnings::add,
				maxSize);
	}

	private static TrustMaterial trust(X509Certificate... anchors) {
		return TrustMaterial.of("test", List.of(anchors));
	}

	private static TrustMaterial trust(Map<String, List<X509Certificate>> trustDomains) {
		return TrustMaterial.of("test", List.of(Site.ROOT.certificate()), trustDomains);
	}

	private static VerifiedPath accepted(PathCache cache, List<X509Certificate> chain) {
		Verdict<VerifiedPath> verdict = cache.verify(chain, NOW);
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<VerifiedPath>) verdict).value();
	}

	private static X509Certificate copyOf(X509Certificate certificate) throws GeneralSecurityException {
		return (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
	}

}
