package dev.mtls.gate;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Verdict;
import dev.mtls.material.TrustMaterial;
import dev.mtls.trust.PathVerifier;
import dev.mtls.trust.PeerRole;
import dev.mtls.trust.RequiredPolicies;
import dev.mtls.trust.VerifiedPath;

/**
 * Verified paths of one set of anchors, so that the same chain is verified once. Only
 * successes are kept: a refused peer must not be able to push out an admitted one. The
 * chain itself is not kept, only its hash, since beside its path a peer may present
 * whatever it likes.
 */
final class PathCache {

	private static final int MAX_SIZE = 16_384;

	private final TrustMaterial trust;

	private final PeerRole role;

	private final RequiredPolicies policies;

	private final PathVerifier verifier;

	private final int maxSize;

	private final Consumer<String> warnings;

	private final Map<ByteBuffer, VerifiedPath> paths = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<ByteBuffer, VerifiedPath> eldest) {
			return size() > PathCache.this.maxSize;
		}

	};

	PathCache(TrustMaterial trust, PeerRole role, RequiredPolicies policies, Consumer<String> warnings) {
		this(trust, role, policies, warnings, MAX_SIZE);
	}

	PathCache(TrustMaterial trust, PeerRole role, RequiredPolicies policies, Consumer<String> warnings, int maxSize) {
		this.trust = trust;
		this.role = role;
		this.policies = policies;
		this.verifier = new PathVerifier(trust, policies);
		this.warnings = warnings;
		this.maxSize = maxSize;
	}

	/**
	 * The cache for the next generation.
	 * @param trust the anchors of the next generation
	 * @return this cache if it serves the same anchors for the same trust domains, else
	 * an empty one
	 */
	PathCache follow(TrustMaterial trust) {
		boolean same = trust.anchors().equals(this.trust.anchors())
				&& trust.trustDomains().equals(this.trust.trustDomains());
		return same ? this : new PathCache(trust, this.role, this.policies, this.warnings, this.maxSize);
	}

	Verdict<VerifiedPath> verify(List<X509Certificate> chain, Instant now) {
		ByteBuffer hash = hash(chain);
		VerifiedPath cached = (hash != null) ? get(hash) : null;
		if (cached != null && now.isBefore(cached.notAfter())) {
			return Verdict.accepted(cached);
		}
		Verdict<VerifiedPath> verdict = this.verifier.verify(chain, this.role, now);
		if (hash != null && verdict instanceof Verdict.Accepted<VerifiedPath> accepted) {
			put(hash, accepted.value());
			accepted.value().warnings().forEach(this.warnings);
		}
		return verdict;
	}

	private synchronized @Nullable VerifiedPath get(ByteBuffer hash) {
		return this.paths.get(hash);
	}

	private synchronized void put(ByteBuffer hash, VerifiedPath path) {
		this.paths.put(hash, path);
	}

	private static @Nullable ByteBuffer hash(List<X509Certificate> chain) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (X509Certificate certificate : chain) {
				// DER tells its own length, so that no byte can move to the next one
				digest.update(certificate.getEncoded());
			}
			return ByteBuffer.wrap(digest.digest());
		}
		catch (CertificateEncodingException ex) {
			// The verifier says so
			return null;
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
