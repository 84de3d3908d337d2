package dev.mtls.identity;

import java.net.InetAddress;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The host that a client means to connect to, as its server's certificate must name it
 * (RFC 9525). A DNS name is looked for among the DNS names only, an IP address among the
 * IP addresses only, and the subject is never looked at.
 */
public final class ReferenceIdentifier {

	private final String host;

	private final @Nullable InetAddress address;

	private ReferenceIdentifier(String host, @Nullable InetAddress address) {
		this.host = host;
		this.address = address;
	}

	/**
	 * Create the identifier of a host.
	 * @param host a DNS name, in A-labels, with or without a dot at its end, or an IP
	 * address, for IPv6 with or without brackets and zone
	 * @return the identifier
	 * @throws MtlsException if the text is neither ({@link Reason#CONFIGURATION_INVALID})
	 */
	public static ReferenceIdentifier of(String host) {
		InetAddress address = IpLiteral.parse(withoutBracketsAndZone(host));
		if (address != null) {
			return new ReferenceIdentifier(address.getHostAddress(), address);
		}
		String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
		return new ReferenceIdentifier(DomainName.canonical(Reason.CONFIGURATION_INVALID, host, name), null);
	}

	/**
	 * Whether a server's certificate names the host. A DNS name of the certificate may
	 * have {@code *} as its whole left-most label, which then stands for exactly one
	 * label (RFC 9525, section 6.3), if at least two labels follow.
	 * @param server the identity of the server
	 * @return {@code true} if it does
	 */
	public boolean matches(PeerIdentity server) {
		if (this.address != null) {
			return server.ipAddresses().contains(this.address);
		}
		for (String presented : server.dnsNames()) {
			if (presented.equalsIgnoreCase(this.host) || matchesWildcard(presented)) {
				return true;
			}
		}
		return false;
	}

	private boolean matchesWildcard(String presented) {
		int dot = this.host.indexOf('.');
		return presented.startsWith("*.") && this.host.indexOf('.', dot + 1) > dot
				&& presented.length() - 1 == this.host.length() - dot
				&& presented.regionMatches(true, 1, this.host, dot, this.host.length() - dot);
	}

	private static String withoutBracketsAndZone(String host) {
		boolean bracketed = host.startsWith("[") && host.endsWith("]");
		String literal = bracketed ? host.substring(1, host.length() - 1) : host;
		if (bracketed && literal.indexOf(':') == -1) {
			return host;
		}
		int zone = literal.indexOf('%');
		return (zone > 0 && literal.lastIndexOf(':', zone) != -1) ? literal.substring(0, zone) : literal;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ReferenceIdentifier that && this.host.equals(that.host)
				&& Objects.equals(this.address, that.address);
	}

	@Override
	public int hashCode() {
		return this.host.hashCode();
	}

	@Override
	public String toString() {
		return this.host;
	}

}
