package dev.mtls.gate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Verdict;
import dev.mtls.material.TrustMaterial;
import dev.mtls.trust.PathVerifier;
import dev.mtls.trust.PeerRole;
import dev.mtls.trust.VerifiedPath;

/**
 * Verified paths of one set of anchors, so that the same chain is verified once. Only
 * successes are kept: a refused peer must not be able to push out an admitted one.
 */
final class PathCache {

	private static final int MAX_SIZE = 16_384;

	private final TrustMaterial trust;

	private final PeerRole role;

	private final PathVerifier verifier;

	private final Map<List<X509Certificate>, VerifiedPath> paths = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<List<X509Certificate>, VerifiedPath> eldest) {
			return size() > MAX_SIZE;
		}

	};

	PathCache(TrustMaterial trust, PeerRole role) {
		this.trust = trust;
		this.role = role;
		this.verifier = new PathVerifier(trust.anchors());
	}

	/**
	 * The cache for the next generation.
	 * @param trust the anchors of the next generation
	 * @return this cache if it serves the same anchors, else an empty one
	 */
	PathCache follow(TrustMaterial trust) {
		return trust.anchors().equals(this.trust.anchors()) ? this : new PathCache(trust, this.role);
	}

	Verdict<VerifiedPath> verify(List<X509Certificate> chain, Instant now) {
		VerifiedPath cached = get(chain);
		if (cached != null && now.isBefore(cached.notAfter())) {
			return Verdict.accepted(cached);
		}
		Verdict<VerifiedPath> verdict = this.verifier.verify(chain, this.role, now);
		if (verdict instanceof Verdict.Accepted<VerifiedPath> accepted) {
			put(chain, accepted.value());
		}
		return verdict;
	}

	private synchronized @Nullable VerifiedPath get(List<X509Certificate> chain) {
		return this.paths.get(chain);
	}

	private synchronized void put(List<X509Certificate> chain, VerifiedPath path) {
		this.paths.put(List.copyOf(chain), path);
	}

}
