package dev.mtls.boot.client.httpcomponents;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

import org.apache.hc.client5.http.DnsResolver;

/**
 * Answers with what a test says, whatever host is asked for.
 */
record FixedResolver(Supplier<List<String>> answer) implements DnsResolver {

	@Override
	public InetAddress[] resolve(String host) throws UnknownHostException {
		List<String> addresses = this.answer.get();
		InetAddress[] resolved = new InetAddress[addresses.size()];
		for (int i = 0; i < resolved.length; i++) {
			resolved[i] = InetAddress.getByName(addresses.get(i));
		}
		return resolved;
	}

	@Override
	public String resolveCanonicalHostname(String host) {
		return host;
	}

}
