package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.PeerIdentity;

/**
 * Verifies that a presented chain leads to one of a set of trust anchors: by the JDK's
 * path validation (RFC 5280, section 6.1), and by checks of what the JDK lets through. It
 * waits for nothing and asks no network, and it is safe for use by several threads.
 */
public final class PathVerifier {

	private final PathSearch search;

	private final PathCheck pkix = new PkixCheck();

	private final List<PathCheck> checks = List.of(new KeyStrengthCheck(), new SignatureAlgorithmCheck(),
			new ValidityCheck(), new LeafIsNoCaCheck(), new IssuerIsCaCheck(), new KeyUsageCheck(),
			new ExtendedKeyUsageCheck());

	/**
	 * Create a verifier.
	 * @param anchors the certificates in which a path may end, several of the same
	 * subject included
	 * @throws MtlsException with {@link Reason#TRUST_MISSING} if there is none
	 */
	public PathVerifier(Collection<X509Certificate> anchors) {
		if (anchors.isEmpty()) {
			throw new MtlsException(Reason.TRUST_MISSING, "trust anchors", "there is none, so every peer is refused",
					"Configure at least one CA certificate to trust");
		}
		this.search = new PathSearch(anchors);
	}

	/**
	 * Verify a chain.
	 * @param chain the certificates as the peer presented them: its own first, the others
	 * in any order, unneeded ones among them; at most 10 and 256 KiB
	 * @param role what the peer does in the handshake
	 * @param now the time at which the path must be valid
	 * @return the path, or a denial; anything that cannot be read is denied with
	 * {@link Reason#CERTIFICATE_MALFORMED}
	 */
	public Verdict<VerifiedPath> verify(List<X509Certificate> chain, PeerRole role, Instant now) {
		try {
			return PresentedChain.of(chain)
				.then((presented) -> this.search.find(presented, role, now))
				.then(this::firstThatHolds)
				.then(PathVerifier::identified);
		}
		catch (RuntimeException ex) {
			return Verdict.refused(Reason.CERTIFICATE_MALFORMED, "the presented chain cannot be read: "
					+ Optional.ofNullable(ex.getMessage()).orElse(ex.toString()));
		}
	}

	private Verdict<CandidatePath> firstThatHolds(List<CandidatePath> paths) {
		Optional<Decision.Deny> told = Optional.empty();
		for (CandidatePath path : paths) {
			Optional<Decision.Deny> denial = check(path);
			if (denial.isEmpty()) {
				return Verdict.accepted(path);
			}
			if (told.isEmpty() || weight(denial.get()) > weight(told.get())) {
				told = denial;
			}
		}
		return new Verdict.Refused<>(told.orElseThrow());
	}

	// An anchor that only shares the issuer's name says nothing about the peer
	private static int weight(Decision.Deny denial) {
		return switch (denial.reason()) {
			case ISSUER_UNKNOWN, SIGNATURE_INVALID -> 0;
			case ALGORITHM_WEAK -> 1;
			default -> 2;
		};
	}

	// Where the JDK and a check of ours refuse for one reason, the words are ours,
	// because
	// the JDK's seldom say enough
	private Optional<Decision.Deny> check(CandidatePath path) {
		Optional<Decision.Deny> denial = this.pkix.check(path);
		if (denial.isEmpty()) {
			return denials(path).findFirst();
		}
		Reason reason = denial.get().reason();
		return denials(path).filter((ours) -> ours.reason() == reason).findFirst().or(() -> denial);
	}

	private Stream<Decision.Deny> denials(CandidatePath path) {
		return this.checks.stream().map((check) -> check.check(path)).flatMap(Optional::stream);
	}

	private static Verdict<VerifiedPath> identified(CandidatePath path) {
		try {
			return Verdict.accepted(new VerifiedPath(path, PeerIdentity.of(path.leaf())));
		}
		catch (MtlsException ex) {
			return Verdict.refused(ex.reason(), ex.problem());
		}
	}

}
