package dev.mtls.tls;

import dev.mtls.decision.Decision;

/**
 * Decides on a chain during the handshake. It is not asked when a session is resumed, so
 * whatever must hold then has to be asked again after the handshake.
 */
@FunctionalInterface
public interface HandshakeVerifier {

	/**
	 * Decide whether the handshake may go on.
	 * @param presented the chain and what is known of the connection
	 * @return the decision
	 */
	Decision verify(PresentedChain presented);

}
