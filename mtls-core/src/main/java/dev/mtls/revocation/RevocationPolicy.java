package dev.mtls.revocation;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where to learn whether a certificate is revoked, and what follows where that is not
 * known.
 *
 * @param mode what follows for a peer of whom it is not known
 * @param scope of which certificates of a path it must be known
 * @param maxAge how old a CRL may become, or {@code null} if its nextUpdate alone ends it
 * @param crls whether CRLs are configured
 * @param crlAddresses those of them that are fetched from {@code http} or {@code https}
 * addresses
 * @param distributionPoints whether CRLs are fetched from where certificates say they are
 * @param ocsp how responders are asked, or {@code null} if they are not
 */
public record RevocationPolicy(Mode mode, Scope scope, @Nullable Duration maxAge, boolean crls, List<URI> crlAddresses,
		boolean distributionPoints, @Nullable OcspPolicy ocsp) {

	/**
	 * Revocation is not looked at.
	 */
	public static final RevocationPolicy OFF = new RevocationPolicy(Mode.HARD_FAIL, Scope.CHAIN, null, false, List.of(),
			false, null);

	/**
	 * Create a policy with a copy of the addresses.
	 * @throws IllegalArgumentException if there is a maximum age and it is not positive
	 */
	public RevocationPolicy {
		crlAddresses = List.copyOf(crlAddresses);
		if (maxAge != null && (maxAge.isNegative() || maxAge.isZero())) {
			throw new IllegalArgumentException("A CRL cannot become %s old".formatted(maxAge));
		}
	}

	/**
	 * Whether revocation is looked at.
	 * @return {@code false} if every certificate counts as not revoked
	 */
	public boolean isOn() {
		return this.crls || this.distributionPoints || this.ocsp != null;
	}

	/**
	 * Whether there is anything to fetch over the network.
	 * @return whether there is
	 */
	public boolean isOnline() {
		return !this.crlAddresses.isEmpty() || this.distributionPoints || this.ocsp != null;
	}

	/**
	 * What follows for a peer of whom it is not known whether it is revoked.
	 */
	public enum Mode {

		/**
		 * It is refused.
		 */
		HARD_FAIL,

		/**
		 * It gets in, and that is told.
		 */
		SOFT_FAIL

	}

	/**
	 * Of which certificates of a path it must be known.
	 */
	public enum Scope {

		/**
		 * Of the peer's own.
		 */
		LEAF,

		/**
		 * Of all below the anchor.
		 */
		CHAIN

	}

	/**
	 * How OCSP responders are asked.
	 *
	 * @param responder the responder for all certificates, or {@code null} to ask those
	 * that each certificate names
	 * @param requireNonce whether an answer without the nonce of the request is refused
	 * @param timeout how long an answer may take, and a peer is kept waiting for it
	 */
	public record OcspPolicy(@Nullable URI responder, boolean requireNonce, Duration timeout) {

		/**
		 * Create a policy.
		 * @throws IllegalArgumentException if the timeout is not positive
		 */
		public OcspPolicy {
			if (timeout.isNegative() || timeout.isZero()) {
				throw new IllegalArgumentException("A timeout of %s is not possible".formatted(timeout));
			}
		}

	}

}
