package dev.mtls.trust;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * The bounds on what a peer may present.
 */
final class PresentedChain {

	static final int MAX_CERTIFICATES = 10;

	static final int MAX_BYTES = 256 * 1024;

	private PresentedChain() {
	}

	/**
	 * Bound a chain.
	 * @param chain the certificates as the peer presented them
	 * @return the certificates, each once, or a denial
	 */
	static Verdict<List<X509Certificate>> of(List<X509Certificate> chain) {
		if (chain.isEmpty()) {
			return Verdict.refused(Reason.CERTIFICATE_MISSING, "the peer presented no certificate");
		}
		if (chain.size() > MAX_CERTIFICATES) {
			return Verdict.refused(Reason.CERTIFICATE_MALFORMED,
					"the peer presented %d certificates, at most %d are read".formatted(chain.size(),
							MAX_CERTIFICATES));
		}
		if (size(chain) > MAX_BYTES) {
			return Verdict.refused(Reason.CERTIFICATE_MALFORMED,
					"the presented certificates have %d bytes, at most %d are read".formatted(size(chain), MAX_BYTES));
		}
		return Verdict.accepted(chain.stream().distinct().toList());
	}

	private static long size(List<X509Certificate> chain) {
		return chain.stream().mapToLong(PresentedChain::size).sum();
	}

	private static int size(X509Certificate certificate) {
		try {
			return certificate.getEncoded().length;
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalArgumentException("a presented certificate cannot be encoded", ex);
		}
	}

}
