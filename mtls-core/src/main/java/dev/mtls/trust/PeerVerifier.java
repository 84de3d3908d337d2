package dev.mtls.trust;

import java.time.Instant;
import java.util.Optional;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.revocation.Revocation;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.revocation.RevocationStatus;

/**
 * Verifies what must be asked again each time a path is used, however long the path has
 * been kept: that nothing of it has run out or is revoked. It waits for nothing, and is
 * safe for use by several threads.
 */
public final class PeerVerifier {

	private final PathCheck validity = new ValidityCheck();

	private final Revocation revocation;

	/**
	 * Create a verifier.
	 * @param revocation what is known about the revocation of certificates
	 */
	public PeerVerifier(Revocation revocation) {
		this.revocation = revocation;
	}

	/**
	 * Verify the peer of a path.
	 * @param path the path, verified now or earlier
	 * @param now the current time
	 * @return the peer, or a denial if a certificate of the path has run out or is
	 * revoked, or that is not known and has to be
	 */
	public Verdict<VerifiedPeer> verify(VerifiedPath path, Instant now) {
		Optional<Decision.Deny> denial = this.validity.check(path.at(now));
		return denial.isPresent() ? new Verdict.Refused<>(denial.get()) : verifyNotRevoked(path, now);
	}

	private Verdict<VerifiedPeer> verifyNotRevoked(VerifiedPath path, Instant now) {
		RevocationStatus status = this.revocation.check(path.withAnchor(), now);
		if (status instanceof RevocationStatus.Revoked revoked) {
			return Verdict.refused(Reason.CERTIFICATE_REVOKED, revoked.detail());
		}
		boolean hardFail = this.revocation.policy().mode() == RevocationPolicy.Mode.HARD_FAIL;
		if (status instanceof RevocationStatus.Unknown unknown) {
			Decision.Deny denial = new Decision.Deny(Reason.REVOCATION_UNKNOWN, unknown.detail());
			return hardFail ? new Verdict.Refused<>(denial)
					: Verdict.accepted(new VerifiedPeer(path, path.notAfter(), denial));
		}
		Instant validUntil = ((RevocationStatus.Good) status).validUntil();
		boolean sooner = hardFail && validUntil.isBefore(path.notAfter());
		return Verdict.accepted(new VerifiedPeer(path, sooner ? validUntil : path.notAfter(), null));
	}

}
