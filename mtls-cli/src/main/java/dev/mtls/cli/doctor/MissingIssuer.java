package dev.mtls.cli.doctor;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/**
 * Tells a CA that is not trusted from an intermediate that was not sent. A certificate
 * only names its issuer, so that this is told from what a server usually sends, and from
 * hints where there are any.
 */
final class MissingIssuer {

	private static final int NO_LIMIT = Integer.MAX_VALUE;

	private static final Pattern ROOT = Pattern.compile("\\broot\\b", Pattern.CASE_INSENSITIVE);

	private final Plan plan;

	private final List<X509Certificate> chain;

	private final List<X509Certificate> path;

	/**
	 * Create one for a chain.
	 * @param plan what is trusted
	 * @param chain the chain that the server presents, which leads to no anchor
	 */
	MissingIssuer(Plan plan, List<X509Certificate> chain) {
		this.plan = plan;
		this.chain = chain;
		this.path = path(chain);
	}

	/**
	 * Whether an anchor has the name of the issuer, and so is not it but for the name.
	 * @return {@code true} if one has
	 */
	boolean hasNameOfAnchor() {
		return isTrusted(end().getIssuerX500Principal());
	}

	/**
	 * Tell which of the two it is.
	 * @return {@link Problem#UNKNOWN_ISSUER} or {@link Problem#MISSING_INTERMEDIATE}
	 */
	Problem problem() {
		X500Principal missing = end().getIssuerX500Principal();
		if (isSelfIssued(end()) || isTrusted(missing)) {
			return Problem.UNKNOWN_ISSUER;
		}
		if (isKnownIntermediate(missing) || leadsAnotherWay()) {
			return Problem.MISSING_INTERMEDIATE;
		}
		X500Principal above = issuerOfIssuer(end());
		if (above != null && isTrusted(above)) {
			return Problem.MISSING_INTERMEDIATE;
		}
		if (missing.equals(above) || !allowsIntermediates() || ROOT.matcher(missing.getName()).find()) {
			return Problem.UNKNOWN_ISSUER;
		}
		boolean alone = this.path.size() == 1;
		// A certificate of a public CA says where its intermediate can be had
		boolean usual = !this.plan.systemTrust() || namesIssuerAddress(end());
		return (alone && usual) ? Problem.MISSING_INTERMEDIATE : Problem.UNKNOWN_ISSUER;
	}

	private X509Certificate end() {
		return this.path.get(this.path.size() - 1);
	}

	private static List<X509Certificate> path(List<X509Certificate> chain) {
		List<X509Certificate> path = new ArrayList<>(List.of(chain.get(0)));
		List<X509Certificate> others = new ArrayList<>(chain.subList(1, chain.size()));
		X509Certificate end = chain.get(0);
		while (end != null && !isSelfIssued(end)) {
			X500Principal issuer = end.getIssuerX500Principal();
			end = others.stream()
				.filter((other) -> other.getSubjectX500Principal().equals(issuer))
				.findFirst()
				.orElse(null);
			if (end != null) {
				others.remove(end);
				path.add(end);
			}
		}
		return path;
	}

	private boolean isTrusted(X500Principal name) {
		return this.plan.trust().anchors().stream().anyMatch((anchor) -> anchor.getSubjectX500Principal().equals(name));
	}

	// The own chain often has the same intermediate
	private boolean isKnownIntermediate(X500Principal name) {
		return this.plan.key() != null && this.plan.key()
			.chain()
			.stream()
			.anyMatch((own) -> own.getSubjectX500Principal().equals(name) && isTrusted(own.getIssuerX500Principal()));
	}

	private boolean allowsIntermediates() {
		return this.plan.trust()
			.anchors()
			.stream()
			.mapToInt((anchor) -> (anchor.getBasicConstraints() < 0) ? NO_LIMIT : anchor.getBasicConstraints())
			.anyMatch((limit) -> limit > 0);
	}

	private boolean leadsAnotherWay() {
		return this.chain.stream()
			.anyMatch((other) -> !this.path.contains(other) && !isSelfIssued(other)
					&& isTrusted(other.getIssuerX500Principal()));
	}

	private static boolean isSelfIssued(X509Certificate certificate) {
		return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
	}

	// RFC 5280, section 4.2.1.1: authorityCertIssuer is the issuer of the issuer
	private static @Nullable X500Principal issuerOfIssuer(X509Certificate certificate) {
		byte[] extension = certificate.getExtensionValue(Extension.authorityKeyIdentifier.getId());
		if (extension == null) {
			return null;
		}
		try {
			AuthorityKeyIdentifier identifier = AuthorityKeyIdentifier
				.getInstance(ASN1OctetString.getInstance(extension).getOctets());
			if (identifier.getAuthorityCertIssuer() == null) {
				return null;
			}
			GeneralName[] names = identifier.getAuthorityCertIssuer().getNames();
			return (names.length == 1 && names[0].getTagNo() == GeneralName.directoryName)
					? new X500Principal(names[0].getName().toASN1Primitive().getEncoded()) : null;
		}
		catch (IOException | RuntimeException ex) {
			// A hint that cannot be read is none
			return null;
		}
	}

	private static boolean namesIssuerAddress(X509Certificate certificate) {
		byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
		if (extension == null) {
			return false;
		}
		try {
			return Arrays
				.stream(AuthorityInformationAccess.getInstance(ASN1OctetString.getInstance(extension).getOctets())
					.getAccessDescriptions())
				.anyMatch((access) -> access.getAccessMethod().equals(AccessDescription.id_ad_caIssuers));
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

}
