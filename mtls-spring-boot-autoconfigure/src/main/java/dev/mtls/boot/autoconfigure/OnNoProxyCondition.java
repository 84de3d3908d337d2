package dev.mtls.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/**
 * {@link NoneNestedConditions} that matches when no proxy may speak for clients, so that
 * the peer of a connection is the client.
 */
final class OnNoProxyCondition extends NoneNestedConditions {

	OnNoProxyCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	/**
	 * There are proxies.
	 */
	@ConditionalOnProperty(MtlsForwardedAutoConfiguration.FORMAT)
	static class Proxy {

	}

}
