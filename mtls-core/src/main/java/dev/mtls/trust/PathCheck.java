package dev.mtls.trust;

import java.util.Optional;

import dev.mtls.decision.Decision;

/**
 * One thing that must hold of a path.
 */
@FunctionalInterface
interface PathCheck {

	/**
	 * Check the path.
	 * @param path the path
	 * @return the denial, or empty if the path holds
	 * @throws RuntimeException if a certificate cannot be read; it is then refused as
	 * malformed
	 */
	Optional<Decision.Deny> check(CandidatePath path);

}
