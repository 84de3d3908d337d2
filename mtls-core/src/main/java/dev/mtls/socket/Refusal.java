package dev.mtls.socket;

import java.util.Objects;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;

/**
 * Makes the exceptions that say why a peer was refused.
 */
final class Refusal {

	private Refusal() {
	}

	/**
	 * For who reads, writes, or uses an API of the JDK.
	 * @param reason why
	 * @return an exception whose cause is the reason
	 */
	static SSLException ofStream(MtlsException reason) {
		SSLException refusal = new SSLException("%s: %s".formatted(reason.reason().code(), reason.problem()));
		refusal.initCause(reason);
		return refusal;
	}

	/**
	 * For who connects.
	 * @param peer the peer
	 * @param denial why
	 * @param cause what the network or TLS threw, or {@code null} if it did not
	 * @return the exception
	 */
	static MtlsException ofConnection(String peer, Decision.Deny denial, @Nullable Throwable cause) {
		return (cause != null) ? new MtlsException(denial.reason(), peer, "no connection, because " + denial.detail(),
				denial.reason().fix(), cause) : MtlsException.refused(peer, denial);
	}

	static String messageOf(Throwable failure) {
		return Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
	}

}
