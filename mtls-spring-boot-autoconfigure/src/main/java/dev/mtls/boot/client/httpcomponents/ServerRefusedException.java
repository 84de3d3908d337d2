package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;

/**
 * Carries a refusal through HttpComponents, which would try the next address of the host
 * after an {@link IOException}, and lose the reason when that fails as well.
 */
final class ServerRefusedException extends RuntimeException {

	private final IOException refusal;

	ServerRefusedException(IOException refusal) {
		super(refusal);
		this.refusal = refusal;
	}

	IOException refusal() {
		return this.refusal;
	}

}
