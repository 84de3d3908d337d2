package dev.mtls.tls;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.trust.PeerRole;

/**
 * A chain as the peer presented it in a handshake. Nothing of it is verified.
 *
 * @param certificates the certificates, the peer's own first
 * @param role what the peer is in this handshake
 * @param host the host name or address that was connected to, when the peer is a server
 * and the stack told
 * @param connection the {@link javax.net.ssl.SSLEngine} or {@link java.net.Socket} of the
 * handshake, or {@code null} where the stack does not tell
 */
public record PresentedChain(List<X509Certificate> certificates, PeerRole role, @Nullable String host,
		@Nullable Object connection) {

	/**
	 * Create a chain with a copy of the certificates.
	 */
	public PresentedChain {
		certificates = List.copyOf(certificates);
	}

}
