package dev.mtls.tcp.server;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Why an address could not be listened at.
 */
public final class BindFailure {

	private BindFailure() {
	}

	/**
	 * Find the reason behind what was thrown.
	 * @param name the name of the server
	 * @param address the address, for messages
	 * @param failure what was thrown
	 * @return the exception to throw instead
	 */
	public static MtlsException of(String name, String address, Throwable failure) {
		if (failure instanceof MtlsException known) {
			return known;
		}
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		return new MtlsException(Reason.BIND_FAILED, "%s: %s".formatted(name, address),
				"it cannot be listened at: " + cause.getMessage(), Reason.BIND_FAILED.fix(), failure);
	}

}
