package dev.mtls.gate;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.tls.HandshakeRefusedException;

/**
 * What a TLS stack says when a handshake fails for a reason of its own.
 */
final class HandshakeFailure {

	private HandshakeFailure() {
	}

	static Decision.Deny denialFor(@Nullable Throwable failure) {
		if (failure == null) {
			return new Decision.Deny(Reason.HANDSHAKE_FAILED, "the peer went away during the handshake");
		}
		// Stacks wrap what their TLS engine threw
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof HandshakeRefusedException refused) {
				return refused.denial();
			}
			// The JDK says it in no other way
			if (Objects.requireNonNullElse(cause.getMessage(), "").contains("Empty client certificate chain")) {
				return new Decision.Deny(Reason.CERTIFICATE_MISSING, "the peer presented no certificate");
			}
		}
		return new Decision.Deny(Reason.HANDSHAKE_FAILED,
				Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName()));
	}

}
