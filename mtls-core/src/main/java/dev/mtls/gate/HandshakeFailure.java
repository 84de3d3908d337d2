package dev.mtls.gate;

import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.tls.HandshakeRefusedException;

/**
 * What a TLS stack says when a handshake fails for a reason of its own.
 */
final class HandshakeFailure {

	/**
	 * What the JDK and BoringSSL say. They say it in no other way.
	 */
	private static final List<String> NO_CERTIFICATE = List.of("Empty client certificate chain",
			"PEER_DID_NOT_RETURN_A_CERTIFICATE");

	/**
	 * What BoringSSL says of a key that must not sign, before it asks whether the
	 * certificate is trusted.
	 */
	private static final String KEY_USAGE = "KEY_USAGE_BIT_INCORRECT";

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
			String message = Objects.requireNonNullElse(cause.getMessage(), "");
			if (NO_CERTIFICATE.stream().anyMatch(message::contains)) {
				return new Decision.Deny(Reason.CERTIFICATE_MISSING, "the peer presented no certificate");
			}
			if (message.contains(KEY_USAGE)) {
				return new Decision.Deny(Reason.KEY_USAGE_WRONG, "the key usage lacks digitalSignature");
			}
		}
		// A stack that times handshakes by itself
		Reason reason = (failure instanceof SocketTimeoutException) ? Reason.HANDSHAKE_TIMEOUT
				: Reason.HANDSHAKE_FAILED;
		return new Decision.Deny(reason,
				Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName()));
	}

}
