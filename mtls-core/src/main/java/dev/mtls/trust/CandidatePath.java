package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Certificates whose names lead from a peer's own to an anchor, of which nothing else is
 * known yet.
 *
 * @param certificates the peer's own certificate first, each followed by its issuer,
 * without the anchor
 * @param anchor the configured certificate in which the path ends
 * @param role what the peer does in the handshake
 * @param now the time of the verification
 */
record CandidatePath(List<X509Certificate> certificates, X509Certificate anchor, PeerRole role, Instant now) {

	CandidatePath {
		certificates = List.copyOf(certificates);
		if (certificates.isEmpty()) {
			throw new IllegalArgumentException("A path holds at least the peer's own certificate");
		}
	}

	X509Certificate leaf() {
		return this.certificates.get(0);
	}

	/**
	 * Whether the peer's own certificate is itself the configured one.
	 * @return {@code true} when no certificate issues another in this path
	 */
	boolean isLeafTheAnchor() {
		return leaf().equals(this.anchor);
	}

	/**
	 * The certificates whose signatures are part of the path.
	 * @return the certificates below the anchor
	 */
	Stream<X509Certificate> belowAnchor() {
		return isLeafTheAnchor() ? Stream.empty() : this.certificates.stream();
	}

	/**
	 * The certificates that are neither the peer's own nor the anchor.
	 * @return the issuing CAs below the anchor
	 */
	Stream<X509Certificate> intermediates() {
		return this.certificates.stream().skip(1);
	}

	/**
	 * The certificates that issued others of the path.
	 * @return the intermediates, and the anchor unless it is the peer's own certificate
	 */
	Stream<X509Certificate> issuers() {
		return withAnchor().skip(1);
	}

	/**
	 * All certificates of the path.
	 * @return the peer's own first, the anchor last
	 */
	Stream<X509Certificate> withAnchor() {
		return isLeafTheAnchor() ? Stream.of(leaf())
				: Stream.concat(this.certificates.stream(), Stream.of(this.anchor));
	}

	/**
	 * Whether subject and issuer of a certificate are the same name (RFC 5280, section
	 * 6.1), which does not say who signed it.
	 * @param certificate the certificate
	 * @return {@code true} if they are
	 */
	static boolean isSelfIssued(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
	}

}
