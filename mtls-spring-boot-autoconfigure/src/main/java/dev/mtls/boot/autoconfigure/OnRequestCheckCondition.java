package dev.mtls.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;

/**
 * {@link AnyNestedCondition} that matches when the gate has to be asked at each request,
 * because not all is decided at the connection.
 */
final class OnRequestCheckCondition extends AnyNestedCondition {

	OnRequestCheckCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	/**
	 * There is no hook at the connection.
	 */
	@ConditionalOnForeignServer
	static class NoConnection {

	}

	/**
	 * A peer that the rules refuse is answered with 403, one that lacks a certificate
	 * with 401.
	 */
	@ConditionalOnWantedCertificate(MtlsServerProperties.PREFIX)
	static class WantedCertificate {

	}

}
