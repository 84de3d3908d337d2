package dev.mtls.tls;

import javax.net.ssl.SSLHandshakeException;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;

/**
 * A peer was refused, or is no longer admitted, as those are told who expect the
 * exceptions of JSSE. Its cause is an {@link MtlsException} that says why.
 */
public final class PeerRefusedException extends SSLHandshakeException {

	private final transient Decision.Deny denial;

	/**
	 * Create an exception.
	 * @param peer the peer, such as {@code api.example.com:8443}
	 * @param denial why
	 */
	public PeerRefusedException(String peer, Decision.Deny denial) {
		super("%s: %s".formatted(denial.reason().code(), denial.detail()));
		initCause(MtlsException.refused(peer, denial));
		this.denial = denial;
	}

	/**
	 * Why the peer was refused.
	 * @return the denial
	 */
	public Decision.Deny denial() {
		return this.denial;
	}

}
