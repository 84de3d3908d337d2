package dev.mtls.trust;

import java.time.Instant;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;

/**
 * Verifies what must be asked again each time a path is used, however long the path has
 * been kept. It is cheap, waits for nothing, and is safe for use by several threads.
 */
public final class PeerVerifier {

	private final PathCheck validity = new ValidityCheck();

	/**
	 * Verify the peer of a path.
	 * @param path the path, verified now or earlier
	 * @param now the current time
	 * @return the peer, or a denial if a certificate of the path has run out
	 */
	public Verdict<VerifiedPeer> verify(VerifiedPath path, Instant now) {
		Optional<Decision.Deny> denial = this.validity.check(path.at(now));
		return denial.isPresent() ? new Verdict.Refused<>(denial.get()) : Verdict.accepted(new VerifiedPeer(path));
	}

}
