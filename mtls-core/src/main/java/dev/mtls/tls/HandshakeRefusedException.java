package dev.mtls.tls;

import java.security.cert.CertificateException;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;

/**
 * Ends a handshake because the peer's chain was refused. It is the cause behind the
 * exception that the TLS stack throws.
 */
public final class HandshakeRefusedException extends CertificateException {

	private final transient Decision.Deny denial;

	HandshakeRefusedException(Decision.Deny denial) {
		this(denial, null);
	}

	HandshakeRefusedException(Decision.Deny denial, @Nullable Throwable cause) {
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
