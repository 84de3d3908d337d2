package dev.mtls.boot.web;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.identity.PeerIdentity;

/**
 * The peer of a request, for what is no controller: functional endpoints, and the
 * handlers of WebSockets, which find it among the attributes of their session.
 *
 * @param chain the certificates that the peer presented, its own first; empty if it
 * presented none
 * @param address the peer's address that the gate decided on, or {@code null} where the
 * server does not tell
 */
public record RequestPeer(List<X509Certificate> chain, @Nullable InetAddress address) {

	/**
	 * The attribute of a WebSocket's session that holds the peer of its handshake.
	 */
	public static final String ATTRIBUTE = RequestPeer.class.getName();

	/**
	 * The attribute of a request that a proxy sent for a client. It holds an
	 * {@link Optional} of the client's address, empty if the proxy did not tell it.
	 */
	public static final String FORWARDED_ADDRESS = RequestPeer.class.getName() + ".FORWARDED_ADDRESS";

	private static final PeerIdentities IDENTITIES = new PeerIdentities();

	/**
	 * Create a peer with a copy of the chain.
	 */
	public RequestPeer {
		chain = List.copyOf(chain);
	}

	/**
	 * The peer of the handshake of a WebSocket.
	 * @param attributes the attributes of the session
	 * @return the peer
	 * @throws IllegalStateException if there is none, because the handshake was not one
	 * that this library saw
	 */
	public static RequestPeer of(Map<String, Object> attributes) {
		if (attributes.get(ATTRIBUTE) instanceof RequestPeer peer) {
			return peer;
		}
		throw new IllegalStateException("The peer of the handshake is not among the attributes of the session");
	}

	/**
	 * The peer's own certificate.
	 * @return the certificate, or empty if it presented none
	 */
	public Optional<X509Certificate> certificate() {
		return this.chain.stream().findFirst();
	}

	/**
	 * Who the peer is.
	 * @return the identity, or empty if it presented no certificate
	 * @throws MtlsException if a name of the certificate is malformed, which no gate lets
	 * in
	 */
	public Optional<PeerIdentity> identity() {
		return certificate().map(IDENTITIES::of);
	}

	/**
	 * Who the peer is, where it has to be known.
	 * @return the identity
	 * @throws ClientCertException if the peer presented no certificate: status 401
	 */
	public PeerIdentity requiredIdentity() {
		return identity().orElseThrow(ClientCertException::missing);
	}

	/**
	 * Never more of the certificate than who it is for.
	 */
	@Override
	public String toString() {
		return "RequestPeer[%s, %s]".formatted(identity().map(PeerIdentity::displayName).orElse("anonymous"),
				this.address);
	}

}
