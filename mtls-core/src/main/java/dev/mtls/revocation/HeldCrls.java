package dev.mtls.revocation;

import java.math.BigInteger;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * The newest complete CRL and the newest delta CRL of one issuer and scope, in whichever
 * order they came.
 *
 * @param scope the certificates that they tell of
 * @param complete the complete one, or {@code null}
 * @param delta the delta CRL, or {@code null}
 */
record HeldCrls(CrlScope scope, @Nullable Crl complete, @Nullable Crl delta) {

	Verdict<HeldCrls> with(Crl crl) {
		Crl held = crl.isDelta() ? this.delta : this.complete;
		if (held != null && held.equals(crl)) {
			return Verdict.accepted(this);
		}
		if (held != null && crl.isOlderThan(held)) {
			return outdated(crl, held);
		}
		if (crl.isDelta()) {
			return withDelta(crl);
		}
		boolean keepsDelta = this.delta != null && !isSuperseded(this.delta, crl);
		return Verdict.accepted(new HeldCrls(this.scope, crl, keepsDelta ? this.delta : null));
	}

	private Verdict<HeldCrls> withDelta(Crl crl) {
		if (this.complete != null && isSuperseded(crl, this.complete)) {
			// One that was issued together with the complete one says the same
			return crl.hasLowerNumberThan(this.complete) ? outdated(crl, this.complete) : Verdict.accepted(this);
		}
		return Verdict.accepted(new HeldCrls(this.scope, this.complete, crl));
	}

	/**
	 * Whether a certificate is listed. What a delta CRL lists counts even if the complete
	 * one is missing or too old for it; what it removes does not.
	 */
	boolean isRevoked(BigInteger serialNumber) {
		if (this.delta != null) {
			if (this.delta.isRevoked(serialNumber)) {
				return true;
			}
			if (isCombined() && this.delta.isRemoved(serialNumber)) {
				return false;
			}
		}
		return this.complete != null && this.complete.isRevoked(serialNumber);
	}

	/**
	 * The CRLs that can say of a certificate that it is not revoked: with a delta CRL,
	 * the complete one lives as long as that (RFC 5280, section 5.2.4).
	 */
	Stream<Crl> answering() {
		return isCombined() ? all() : Stream.ofNullable(this.complete);
	}

	Stream<Crl> all() {
		return Stream.of(this.complete, this.delta).filter(Objects::nonNull);
	}

	private boolean isCombined() {
		return this.complete != null && this.delta != null && this.delta.appliesTo(this.complete);
	}

	private static boolean isSuperseded(Crl delta, Crl complete) {
		return complete.number() != null && !complete.hasLowerNumberThan(delta);
	}

	private static Verdict<HeldCrls> outdated(Crl crl, Crl held) {
		return Verdict.refused(Reason.CRL_OUTDATED,
				"%s from %s, issued at %s with number %s, is older than the one held, issued at %s with number %s"
					.formatted(crl, crl.place(), crl.thisUpdate(), crl.number(), held.thisUpdate(), held.number()));
	}

}
