package dev.mtls.tls;

import java.security.cert.CertificateException;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;

/**
 * Ends a handshake because the peer's chain was refused. It is the cause behind the
 * exception that the TLS stack throws, and has an {@link MtlsException} as its own.
 */
public final class HandshakeRefusedException extends CertificateException {

	private final transient Decision.Deny denial;

	HandshakeRefusedException(String peer, Decision.Deny denial) {
		super("%s: %s".formatted(denial.reason().code(), denial.detail()), MtlsException.refused(peer, denial));
		this.denial = denial;
	}

	HandshakeRefusedException(Decision.Deny denial, Throwable cause) {
		super("%s: %s".formatted(denial.reason().code(), denial.detail()), cause);
		this.denial = denial;
	}

	/**
	 * Why the chain was refused.
	 * @return the denial
	 */
	public Decision.Deny denial() {
		return this.denial;
	}

}
