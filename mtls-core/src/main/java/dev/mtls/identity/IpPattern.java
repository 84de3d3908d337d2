package dev.mtls.identity;

import java.net.InetAddress;

/**
 * A rule for an IP address that a certificate names.
 *
 * @param address the address, where an IPv4-mapped one is its IPv4 address
 */
record IpPattern(InetAddress address) implements IdentityPattern {

	static IpPattern parse(String rule, String value) {
		InetAddress address = IpLiteral.parse(value);
		if (address == null) {
			throw RuleSyntax.invalid(rule, "It is no IP address",
					"Write one address such as ip:192.0.2.1 or ip:2001:db8::1; certificates name no networks");
		}
		return new IpPattern(address);
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		return peer.ipAddresses().contains(this.address);
	}

	@Override
	public String toString() {
		return "ip:" + this.address.getHostAddress();
	}

}
