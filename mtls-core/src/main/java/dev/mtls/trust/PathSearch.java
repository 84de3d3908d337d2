package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.security.auth.x500.X500Principal;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * Finds the paths that names allow from a peer's certificate to the anchors, the shortest
 * first. The order of the presented certificates does not matter and unneeded ones are
 * left out. Nothing is verified and nothing fetched here, and the work is bounded
 * whatever a peer presents.
 */
final class PathSearch {

	static final int MAX_PATHS = 64;

	private static final int MAX_STEPS = 1000;

	private final Map<X500Principal, List<X509Certificate>> anchors;

	PathSearch(Collection<X509Certificate> anchors) {
		this.anchors = anchors.stream()
			.distinct()
			.collect(Collectors.groupingBy(X509Certificate::getSubjectX500Principal, Collectors.toUnmodifiableList()));
	}

	/**
	 * Find the paths of a chain.
	 * @param chain the presented certificates, the peer's own first
	 * @param role what the peer does in the handshake
	 * @param now the time of the verification
	 * @return at least one path, or a denial that names the missing issuer
	 */
	Verdict<List<CandidatePath>> find(List<X509Certificate> chain, PeerRole role, Instant now) {
		List<CandidatePath> found = new ArrayList<>();
		List<X509Certificate> ends = new ArrayList<>();
		Deque<List<X509Certificate>> open = new ArrayDeque<>();
		open.add(List.of(chain.get(0)));
		for (int step = 0; !open.isEmpty(); step++) {
			List<X509Certificate> path = open.remove();
			List<X509Certificate> ending = anchorsOf(path);
			List<List<X509Certificate>> longer = longer(path, chain);
			ending.forEach((anchor) -> found.add(new CandidatePath(path, anchor, role, now)));
			open.addAll(longer);
			if (ending.isEmpty() && longer.isEmpty()) {
				ends.add(last(path));
			}
			if (found.size() > MAX_PATHS || step > MAX_STEPS) {
				return Verdict.refused(Reason.CERTIFICATE_MALFORMED,
						"the presented certificates can be put together in too many ways");
			}
		}
		return found.isEmpty() ? Verdict.refused(Reason.ISSUER_UNKNOWN, missingIssuer(ends.get(0)))
				: Verdict.accepted(found);
	}

	private List<X509Certificate> anchorsOf(List<X509Certificate> path) {
		return this.anchors.getOrDefault(last(path).getIssuerX500Principal(), List.of())
			.stream()
			.filter((anchor) -> isItself(path, anchor) || !holdsHolderOf(path, anchor))
			.toList();
	}

	private static List<List<X509Certificate>> longer(List<X509Certificate> path, List<X509Certificate> chain) {
		X500Principal issuer = last(path).getIssuerX500Principal();
		return chain.stream()
			.filter((candidate) -> candidate.getSubjectX500Principal().equals(issuer))
			.filter((candidate) -> !holdsHolderOf(path, candidate))
			.map((candidate) -> append(path, candidate))
			.toList();
	}

	private static String missingIssuer(X509Certificate end) {
		String name = CertificateName.ofSubject(end);
		return end.getSubjectX500Principal().equals(end.getIssuerX500Principal())
				? "certificate %s is its own issuer and not configured as trust".formatted(name)
				: "issuer %s is neither trusted nor part of the presented chain (certificate %s needs it)"
					.formatted(CertificateName.of(end.getIssuerX500Principal()), name);
	}

	private static boolean isItself(List<X509Certificate> path, X509Certificate anchor) {
		return path.size() == 1 && path.get(0).equals(anchor);
	}

	// A further certificate for the same name and key would only lead in a circle
	private static boolean holdsHolderOf(List<X509Certificate> path, X509Certificate candidate) {
		return path.stream()
			.anyMatch((certificate) -> certificate.getSubjectX500Principal().equals(candidate.getSubjectX500Principal())
					&& certificate.getPublicKey().equals(candidate.getPublicKey()));
	}

	private static X509Certificate last(List<X509Certificate> path) {
		return path.get(path.size() - 1);
	}

	private static List<X509Certificate> append(List<X509Certificate> path, X509Certificate issuer) {
		return Stream.concat(path.stream(), Stream.of(issuer)).toList();
	}

}
