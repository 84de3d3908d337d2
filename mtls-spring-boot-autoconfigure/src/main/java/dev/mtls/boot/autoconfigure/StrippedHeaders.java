package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.mtls.boot.forwarded.ForwardingHeaders;

/**
 * The headers that are removed from requests.
 *
 * @param ofClients from those of a peer that is no proxy: all that only a proxy may send
 * @param ofProxies from those of a proxy: the certificates, which are handed over as
 * those of the connection, and which the proxy may have passed on from its client in
 * another format
 */
record StrippedHeaders(ForwardingHeaders ofClients, ForwardingHeaders ofProxies) {

	static StrippedHeaders of(Environment environment, MtlsServerProperties properties) {
		ForwardedProperties forwarded = properties.forwarded();
		return of(environment, (forwarded != null) ? forwarded.header() : null);
	}

	static StrippedHeaders of(Environment environment, @Nullable String header) {
		// Whoever sets a strategy has said whom to believe about addresses
		boolean addresses = !new ForwardHeadersStrategy(environment).isSet();
		return new StrippedHeaders(new ForwardingHeaders(addresses, header), new ForwardingHeaders(false, header));
	}

}
