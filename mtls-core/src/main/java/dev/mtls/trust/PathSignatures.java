package dev.mtls.trust;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which of several paths are signed throughout, verifying the signature between two
 * certificates once, however many paths share it. It spares the whole validation of paths
 * that only names allow.
 */
final class PathSignatures {

	private final Map<Link, Boolean> known = new HashMap<>();

	private final WorkBudget budget;

	PathSignatures(WorkBudget budget) {
		this.budget = budget;
	}

	/**
	 * Whether each certificate of a path is signed with the key of the next. From the
	 * anchor down, because what is below a certificate that no anchor signed may be
	 * anything.
	 * @param path the path
	 * @return {@code false} if one is not, or the budget is exhausted
	 */
	boolean hold(CandidatePath path) {
		X509Certificate issuer = path.anchor();
		List<X509Certificate> certificates = path.certificates();
		if (namesOtherKey(certificates.get(certificates.size() - 1), issuer)) {
			return false;
		}
		for (int i = certificates.size() - 1; i >= 0; i--) {
			if (!holds(new Link(certificates.get(i), issuer))) {
				return false;
			}
			issuer = certificates.get(i);
		}
		return true;
	}

	private boolean holds(Link link) {
		Boolean held = this.known.get(link);
		if (held == null) {
			held = this.budget.spend(PathCost.ofSignature(link.issuer().getPublicKey())) && verify(link);
			this.known.put(link, held);
		}
		return held;
	}

	// RFC 5280, section 4.2.1.1. The JDK does not take such an anchor either
	private static boolean namesOtherKey(X509Certificate certificate, X509Certificate anchor) {
		try {
			byte[] named = CertificateExtensions.authorityKeyIdentifier(certificate);
			byte[] own = CertificateExtensions.subjectKeyIdentifier(anchor);
			return named != null && own != null && !Arrays.equals(named, own);
		}
		catch (IllegalArgumentException ex) {
			// The check of its form says so
			return false;
		}
	}

	private static boolean verify(Link link) {
		try {
			link.certificate().verify(link.issuer().getPublicKey());
			return true;
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			// A key that does not fit the signature or is not supported signed nothing
			return false;
		}
	}

	/**
	 * A certificate and the one that may have issued it.
	 */
	private record Link(X509Certificate certificate, X509Certificate issuer) {
	}

}
