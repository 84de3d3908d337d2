package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The PROXY protocol, which proxies speak that pass TLS on.
 *
 * @param enabled Whether each connection has to begin with a header of the PROXY
 * protocol. On when any key is set.
 * @param proxyNetworks Networks in CIDR notation from which proxies connect, and nobody
 * else may.
 */
record ProxyProtocolProperties(@DefaultValue("true") boolean enabled, @Nullable List<String> proxyNetworks) {

	/**
	 * Check every key.
	 * @param prefix the prefix of the keys
	 * @return where proxies connect from, or {@code null} if the protocol is off
	 */
	@Nullable AddressSet networks(String prefix) {
		if (!this.enabled) {
			return null;
		}
		if (this.proxyNetworks == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".proxy-networks",
					"it is not set, so that nobody could connect", "set the networks of the proxies");
		}
		return Networks.of(prefix + ".proxy-networks", this.proxyNetworks);
	}

}
