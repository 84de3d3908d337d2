package dev.mtls.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a certificate that the checks read. The JDK's own getters treat an
 * extension that is not critical and cannot be parsed as if it were absent; here it is an
 * {@link IllegalArgumentException}.
 */
final class CertificateExtensions {

	private CertificateExtensions() {
	}

	static boolean isCa(X509Certificate certificate) {
		return basicConstraints(certificate).map(BasicConstraints::isCA).orElse(false);
	}

	static Optional<BasicConstraints> basicConstraints(X509Certificate certificate) {
		return read(certificate, Extension.basicConstraints, (value) -> {
			BasicConstraints constraints = BasicConstraints.getInstance(value);
			require(constraints.getPathLenConstraint() == null || constraints.getPathLenConstraint().signum() >= 0,
					"its path length is negative");
			return constraints;
		});
	}

	static Optional<KeyUsage> keyUsage(X509Certificate certificate) {
		return read(certificate, Extension.keyUsage, KeyUsage::getInstance);
	}

	static Optional<ExtendedKeyUsage> extendedKeyUsage(X509Certificate certificate) {
		return read(certificate, Extension.extendedKeyUsage, (value) -> {
			ExtendedKeyUsage usage = ExtendedKeyUsage.getInstance(value);
			require(usage.size() > 0, "it is empty");
			return usage;
		});
	}

	static List<GeneralName> subjectAlternativeNames(X509Certificate certificate) {
		return names(certificate, Extension.subjectAlternativeName);
	}

	static Optional<NameConstraints> nameConstraints(X509Certificate certificate) {
		return read(certificate, Extension.nameConstraints, NameConstraints::parse);
	}

	/**
	 * The policies that a certificate asserts.
	 * @param certificate the certificate
	 * @return their object identifiers, {@code anyPolicy} among them
	 */
	static List<String> policies(X509Certificate certificate) {
		return read(certificate, Extension.certificatePolicies, CertificateExtensions::policies).orElse(List.of());
	}

	static List<PolicyMapping> policyMappings(X509Certificate certificate) {
		return read(certificate, Extension.policyMappings, CertificateExtensions::mappings).orElse(List.of());
	}

	static Optional<PolicyConstraints> policyConstraints(X509Certificate certificate) {
		return read(certificate, Extension.policyConstraints, (value) -> {
			PolicyConstraints constraints = PolicyConstraints.getInstance(value);
			BigInteger explicit = constraints.getRequireExplicitPolicyMapping();
			BigInteger mapping = constraints.getInhibitPolicyMapping();
			require(explicit != null || mapping != null, "it is empty");
			require((explicit == null || explicit.signum() >= 0) && (mapping == null || mapping.signum() >= 0),
					"a number of certificates in it is negative");
			return constraints;
		});
	}

	static Optional<BigInteger> inhibitAnyPolicy(X509Certificate certificate) {
		return read(certificate, Extension.inhibitAnyPolicy, (value) -> {
			BigInteger skipped = ASN1Integer.getInstance(value).getValue();
			require(skipped.signum() >= 0, "its number of certificates is negative");
			return skipped;
		});
	}

	static byte @Nullable [] subjectKeyIdentifier(X509Certificate certificate) {
		return read(certificate, Extension.subjectKeyIdentifier, SubjectKeyIdentifier::getInstance)
			.map(SubjectKeyIdentifier::getKeyIdentifier)
			.orElse(null);
	}

	static byte @Nullable [] authorityKeyIdentifier(X509Certificate certificate) {
		return read(certificate, Extension.authorityKeyIdentifier, AuthorityKeyIdentifier::getInstance)
			.map(AuthorityKeyIdentifier::getKeyIdentifierOctets)
			.orElse(null);
	}

	/**
	 * Parse every extension that path validation reads or whose content is followed
	 * later.
	 * @param certificate the certificate
	 * @throws IllegalArgumentException if one cannot be parsed
	 */
	static void parseAll(X509Certificate certificate) {
		basicConstraints(certificate);
		keyUsage(certificate);
		extendedKeyUsage(certificate);
		subjectAlternativeNames(certificate);
		names(certificate, Extension.issuerAlternativeName);
		nameConstraints(certificate);
		policies(certificate);
		policyMappings(certificate);
		policyConstraints(certificate);
		inhibitAnyPolicy(certificate);
		subjectKeyIdentifier(certificate);
		authorityKeyIdentifier(certificate);
		read(certificate, Extension.cRLDistributionPoints,
				(value) -> CRLDistPoint.getInstance(value).getDistributionPoints());
		read(certificate, Extension.authorityInfoAccess, AuthorityInformationAccess::getInstance);
	}

	private static List<GeneralName> names(X509Certificate certificate, ASN1ObjectIdentifier identifier) {
		return read(certificate, identifier, (value) -> {
			List<GeneralName> names = List.of(GeneralNames.getInstance(value).getNames());
			require(!names.isEmpty(), "it is empty");
			return names;
		}).orElse(List.of());
	}

	private static List<String> policies(ASN1Primitive value) {
		List<String> policies = Arrays.stream(CertificatePolicies.getInstance(value).getPolicyInformation())
			.map((policy) -> policy.getPolicyIdentifier().getId())
			.toList();
		require(!policies.isEmpty(), "it is empty");
		// RFC 5280, section 4.2.1.4. The JDK's policy tree doubles with each one
		Set<String> different = new HashSet<>(policies);
		require(different.size() == policies.size(), "it holds a policy twice");
		return policies;
	}

	private static List<PolicyMapping> mappings(ASN1Primitive value) {
		List<PolicyMapping> mappings = StreamSupport.stream(ASN1Sequence.getInstance(value).spliterator(), false)
			.map(PolicyMapping::parse)
			.toList();
		require(!mappings.isEmpty(), "it is empty");
		return mappings;
	}

	private static <T> Optional<T> read(X509Certificate certificate, ASN1ObjectIdentifier identifier,
			Function<ASN1Primitive, T> parser) {
		byte[] value = certificate.getExtensionValue(identifier.getId());
		if (value == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(parser.apply(JcaX509ExtensionUtils.parseExtensionValue(value)));
		}
		catch (IOException | RuntimeException ex) {
			throw new IllegalArgumentException("extension %s of certificate %s cannot be parsed: %s"
				.formatted(identifier.getId(), CertificateName.ofSubject(certificate), ex.getMessage()), ex);
		}
	}

	private static void require(boolean condition, String problem) {
		if (!condition) {
			throw new IllegalArgumentException(problem);
		}
	}

	/**
	 * A policy of a CA's own domain, and the one that takes its place below the CA.
	 *
	 * @param issuerDomainPolicy the object identifier above
	 * @param subjectDomainPolicy the object identifier below
	 */
	record PolicyMapping(String issuerDomainPolicy, String subjectDomainPolicy) {

		private static PolicyMapping parse(ASN1Encodable element) {
			ASN1Sequence pair = ASN1Sequence.getInstance(element);
			require(pair.size() == 2, "a mapping is no pair of policies");
			return new PolicyMapping(ASN1ObjectIdentifier.getInstance(pair.getObjectAt(0)).getId(),
					ASN1ObjectIdentifier.getInstance(pair.getObjectAt(1)).getId());
		}

	}

}
