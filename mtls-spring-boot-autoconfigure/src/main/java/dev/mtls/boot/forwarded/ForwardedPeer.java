package dev.mtls.boot.forwarded;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A client as a proxy describes it. Nothing of it is verified.
 *
 * @param chain its certificates, its own first; empty if it has none and needs none
 * @param address its address, or {@code null} if the proxy did not tell
 */
public record ForwardedPeer(List<X509Certificate> chain, @Nullable InetAddress address) {

	/**
	 * Create a peer with a copy of the chain.
	 */
	public ForwardedPeer {
		chain = List.copyOf(chain);
	}

}
