package dev.mtls.material;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Brings certificates into the order in which TLS sends them: the leaf first, each
 * certified by the next (RFC 5246, 7.4.2; RFC 8446, 4.4.2).
 */
final class CertificateChain {

	private final String place;

	private final List<X509Certificate> chain = new ArrayList<>();

	private final List<X509Certificate> others;

	private CertificateChain(String place, Collection<X509Certificate> leaves,
			Collection<X509Certificate> certificates) {
		this.place = place;
		this.others = new ArrayList<>(new LinkedHashSet<>(certificates));
		this.others.removeAll(leaves);
	}

	/**
	 * Order certificates.
	 * @param place where they are from
	 * @param leaves those of the certificates that fit the private key, at least one
	 * @param certificates all certificates
	 * @return the chain
	 */
	static List<X509Certificate> of(String place, List<X509Certificate> leaves,
			Collection<X509Certificate> certificates) {
		CertificateChain chain = new CertificateChain(place, leaves, certificates);
		chain.follow(firstThatIsNoAuthority(leaves));
		return List.copyOf(chain.chain);
	}

	static boolean isSelfIssued(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
	}

	static String nameOf(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().getName();
	}

	private void follow(X509Certificate leaf) {
		this.chain.add(leaf);
		X509Certificate issuer = isSelfIssued(leaf) ? null : takeIssuerOf(leaf);
		if (issuer == null && !isSelfIssued(leaf) && !this.others.isEmpty()) {
			throw invalid("None of the other certificates is that of %s, which issued the certificate of %s"
				.formatted(issuerOf(leaf), nameOf(leaf)));
		}
		while (issuer != null) {
			this.chain.add(issuer);
			issuer = isSelfIssued(issuer) ? null : takeIssuerOf(issuer);
		}
	}

	private @Nullable X509Certificate takeIssuerOf(X509Certificate certificate) {
		List<X509Certificate> namesakes = this.others.stream()
			.filter((other) -> other.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
			.toList();
		for (X509Certificate namesake : namesakes) {
			if (isSignedBy(certificate, namesake)) {
				this.others.remove(namesake);
				return namesake;
			}
		}
		if (!namesakes.isEmpty()) {
			throw invalid("The certificate of %s is not signed with the key of the %s that is given"
				.formatted(nameOf(certificate), issuerOf(certificate)));
		}
		return null;
	}

	private MtlsException invalid(String problem) {
		return new MtlsException(Reason.CHAIN_INVALID, this.place, problem,
				"Give the certificate and the CA certificates that were issued with it");
	}

	private static X509Certificate firstThatIsNoAuthority(List<X509Certificate> leaves) {
		return leaves.stream()
			.filter((leaf) -> leaf.getBasicConstraints() < 0)
			.findFirst()
			.orElseGet(() -> leaves.get(0));
	}

	private static String issuerOf(X509Certificate certificate) {
		return certificate.getIssuerX500Principal().getName();
	}

	private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
		try {
			certificate.verify(issuer.getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

}
