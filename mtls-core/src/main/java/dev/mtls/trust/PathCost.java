package dev.mtls.trust;

import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Optional;

/**
 * Estimates, in nanoseconds, of what it costs to validate a path. They count what the
 * work grows with and need not be exact: a certificate can ask for millions of
 * comparisons, and honest ones ask for a thousandth of what is allowed.
 */
final class PathCost {

	private static final long BYTE = 100;

	private static final long COMPARISON = 200;

	private static final long POLICY_NODE = 100;

	private static final long ED25519 = 750_000;

	private static final long OTHER_SIGNATURE = 2_500_000;

	private static final long MAX = Long.MAX_VALUE / 1_000_000;

	private PathCost() {
	}

	/**
	 * The cost of reading all names and extensions.
	 * @param path the path
	 * @return the cost
	 */
	static long ofReading(CandidatePath path) {
		return BYTE * path.withAnchor().mapToLong(PathCost::size).sum();
	}

	/**
	 * The cost of everything else: signatures, name constraints and policies.
	 * @param path the path
	 * @return the cost
	 */
	static long ofValidation(CandidatePath path) {
		return ofSignatures(path) + bounded(COMPARISON * comparisons(path)) + bounded(POLICY_NODE * policyNodes(path));
	}

	/**
	 * The cost of verifying one signature.
	 * @param key the key to verify it with
	 * @return the cost
	 */
	static long ofSignature(PublicKey key) {
		if (key instanceof RSAPublicKey rsa) {
			long bits = rsa.getModulus().bitLength();
			// All but a few keys have the exponent 65537
			return bits * bits / 80 * (1 + rsa.getPublicExponent().bitLength() / 48);
		}
		if (key instanceof ECPublicKey ec) {
			long bits = ec.getParams().getCurve().getField().getFieldSize();
			return bits * bits * 16;
		}
		return (key instanceof EdECPublicKey edwards && edwards.getParams().getName().equals("Ed25519")) ? ED25519
				: OTHER_SIGNATURE;
	}

	private static long ofSignatures(CandidatePath path) {
		List<X509Certificate> certificates = path.certificates();
		long cost = ofSignature(path.anchor().getPublicKey());
		for (X509Certificate issuer : certificates.subList(1, certificates.size())) {
			cost += ofSignature(issuer.getPublicKey());
		}
		return cost;
	}

	// From the anchor down, as the JDK accumulates constraints: it compares each name
	// with
	// all subtrees above, all subtrees with one another, and permitted ones of two CAs
	// once more for each that they may have in common
	private static double comparisons(CandidatePath path) {
		List<X509Certificate> certificates = path.withAnchor().toList();
		double comparisons = 0;
		double permitted = 0;
		double subtrees = 0;
		for (int i = certificates.size() - 1; i >= 0; i--) {
			X509Certificate certificate = certificates.get(i);
			if (subtrees > 0) {
				comparisons += subtrees * (1 + CertificateExtensions.subjectAlternativeNames(certificate).size());
			}
			Optional<NameConstraints> constraints = CertificateExtensions.nameConstraints(certificate);
			if (constraints.isPresent()) {
				double more = constraints.get().permitted().size();
				comparisons += permitted * permitted * more;
				permitted += more;
				subtrees += more + constraints.get().excluded().size();
				comparisons += subtrees * subtrees;
			}
		}
		return comparisons;
	}

	// The JDK looks through its whole policy tree for each policy and mapping. A mapping
	// of
	// one policy to several makes that many nodes below each node of the policy, and the
	// same below each of them again
	private static double policyNodes(CandidatePath path) {
		List<X509Certificate> certificates = path.certificates();
		double visited = 0;
		double nodes = 1;
		double tree = 1;
		double mapped = 1;
		for (int i = certificates.size() - 1; i >= 0; i--) {
			double policies = CertificateExtensions.policies(certificates.get(i)).size();
			double mappings = CertificateExtensions.policyMappings(certificates.get(i)).size();
			nodes = nodes * mapped + policies + mappings;
			tree += nodes;
			visited += tree * (1 + policies + mappings);
			mapped = Math.max(1, mappings);
		}
		return visited;
	}

	private static long bounded(double cost) {
		return (cost < MAX) ? (long) cost : MAX;
	}

	private static long size(X509Certificate certificate) {
		try {
			return certificate.getEncoded().length;
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalArgumentException("a certificate of the path cannot be encoded", ex);
		}
	}

}
