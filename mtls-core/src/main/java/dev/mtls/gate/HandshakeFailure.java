package dev.mtls.gate;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

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
		String message = Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
		// The JDK says it in no other way
		if (message.contains("Empty client certificate chain")) {
			return new Decision.Deny(Reason.CERTIFICATE_MISSING, "the peer presented no certificate");
		}
		return new Decision.Deny(Reason.HANDSHAKE_FAILED, message);
	}

}
