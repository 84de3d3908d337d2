package dev.mtls.revocation;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Something that has to be done, and takes its time, before more is known about the
 * revocation of a certificate. Two equal ones need to be done once.
 */
public sealed interface RevocationRequest {

	/**
	 * Verify a CRL whose issuer has become known.
	 *
	 * @param document the CRL
	 * @param issuer the certificate of a CA that may have issued it, out of a verified
	 * path
	 */
	record ReadCrl(CrlDocument document, X509Certificate issuer) implements RevocationRequest {
	}

	/**
	 * Fetch a CRL.
	 *
	 * @param address where it is
	 * @param issuers the certificates of the CAs that may have issued it; empty if those
	 * are to be found among the anchors
	 */
	record FetchCrl(URI address, List<X509Certificate> issuers) implements RevocationRequest {

		/**
		 * Create a request with a copy of the issuers.
		 */
		public FetchCrl {
			issuers = List.copyOf(issuers);
		}

	}

	/**
	 * Ask OCSP responders, one after the other until one gives an answer that can be
	 * used.
	 *
	 * @param certificate the certificate, out of a verified path
	 * @param issuer its issuer
	 * @param responders where to ask
	 */
	record AskOcsp(X509Certificate certificate, X509Certificate issuer,
			List<URI> responders) implements RevocationRequest {

		/**
		 * Create a request with a copy of the responders.
		 */
		public AskOcsp {
			responders = List.copyOf(responders);
		}

	}

}
