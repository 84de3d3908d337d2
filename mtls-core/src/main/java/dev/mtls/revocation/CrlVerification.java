package dev.mtls.revocation;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;
import java.util.Set;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * Verifies a CRL in the order of cost: the issuer's name and key usage, the algorithm,
 * the signature (RFC 5280, section 6.3.3, steps f and g), what the extensions ask for,
 * and at last the entries.
 */
final class CrlVerification {

	/**
	 * The same as for certificates; MD5 and SHA-1 above all are not among them.
	 */
	private static final Set<ASN1ObjectIdentifier> DIGESTS = Set.of(NISTObjectIdentifiers.id_sha224,
			NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha384, NISTObjectIdentifiers.id_sha512,
			NISTObjectIdentifiers.id_sha512_224, NISTObjectIdentifiers.id_sha512_256, NISTObjectIdentifiers.id_sha3_224,
			NISTObjectIdentifiers.id_sha3_256, NISTObjectIdentifiers.id_sha3_384, NISTObjectIdentifiers.id_sha3_512,
			NISTObjectIdentifiers.id_shake256, NISTObjectIdentifiers.id_shake256_len);

	// With a serial number of 13 octets and no reason
	private static final int USUAL_ENTRY_LENGTH = 32;

	private final CrlDocument document;

	private final CrlHeader header;

	CrlVerification(CrlDocument document) {
		this.document = document;
		this.header = document.header();
	}

	Verdict<Crl> verify(X509Certificate issuer) {
		Optional<String> problem = issuerProblem(issuer).or(() -> keyUsageProblem(issuer))
			.or(this::algorithmProblem)
			.or(() -> signatureProblem(issuer))
			.or(this.header.extensions()::problem);
		if (problem.isPresent()) {
			return refused(problem.get());
		}
		try {
			return Verdict.accepted(readEntries(issuer));
		}
		catch (MalformedCrlException ex) {
			return refused(ex.problem());
		}
	}

	private Verdict<Crl> refused(String problem) {
		return Verdict.refused(Reason.CRL_INVALID,
				"CRL %s of %s: %s".formatted(this.document.place(), CrlNames.of(this.header.issuer()), problem));
	}

	private Optional<String> issuerProblem(X509Certificate issuer) {
		return this.document.mayBeIssuedBy(issuer) ? Optional.empty()
				: Optional.of("%s did not issue it: name or key identifier differ"
					.formatted(CrlNames.of(issuer.getSubjectX500Principal())));
	}

	private static Optional<String> keyUsageProblem(X509Certificate issuer) {
		// The JDK's own getter takes a malformed key usage for none
		byte[] value = issuer.getExtensionValue(Extension.keyUsage.getId());
		if (value == null) {
			return Optional.empty();
		}
		try {
			KeyUsage usage = KeyUsage.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value));
			return usage.hasUsages(KeyUsage.cRLSign) ? Optional.empty()
					: Optional.of("the key usage of its issuer does not hold cRLSign");
		}
		catch (IOException | RuntimeException ex) {
			return Optional.of("the key usage of its issuer is malformed");
		}
	}

	private Optional<String> algorithmProblem() {
		try {
			ASN1ObjectIdentifier digest = new DefaultDigestAlgorithmIdentifierFinder().find(algorithm()).getAlgorithm();
			return DIGESTS.contains(digest) ? Optional.empty()
					: Optional.of("it is signed with a weak algorithm (digest %s)".formatted(digest));
		}
		catch (RuntimeException ex) {
			return Optional.of("it is signed with an unknown algorithm");
		}
	}

	private Optional<String> signatureProblem(X509Certificate issuer) {
		try {
			if (isSignedWith(issuer.getPublicKey())) {
				return Optional.empty();
			}
		}
		catch (GeneralSecurityException | IOException | RuntimeException ex) {
			// Either the key or the bytes do not suit the algorithm
		}
		return Optional.of("it is not signed with the key of its issuer");
	}

	private boolean isSignedWith(PublicKey key) throws GeneralSecurityException, IOException {
		byte[] der = this.document.der();
		AlgorithmIdentifier algorithm = algorithm();
		Signature signature = Signature.getInstance(algorithm.getAlgorithm().getId());
		signature.initVerify(key);
		ASN1Encodable parameters = algorithm.getParameters();
		if (parameters != null && !DERNull.INSTANCE.equals(parameters)) {
			// RFC 4055, 3.1: the only algorithm that has any
			AlgorithmParameters pss = AlgorithmParameters.getInstance("RSASSA-PSS");
			pss.init(parameters.toASN1Primitive().getEncoded());
			signature.setParameter(pss.getParameterSpec(PSSParameterSpec.class));
		}
		signature.update(der, this.header.signed().start(), this.header.signed().length());
		return signature.verify(this.header.signature().of(der));
	}

	private AlgorithmIdentifier algorithm() {
		return AlgorithmIdentifier.getInstance(this.header.algorithm().of(this.document.der()));
	}

	private Crl readEntries(X509Certificate issuer) throws MalformedCrlException {
		byte[] der = this.document.der();
		boolean delta = this.header.extensions().baseNumber() != null;
		SerialHash hash = new SerialHash(SerialTable.MAX_LENGTH);
		SerialTable.Builder listed = new SerialTable.Builder(hash, der,
				this.header.entries().length() / USUAL_ENTRY_LENGTH);
		SerialTable.Builder removed = new SerialTable.Builder(hash, der, 0);
		CrlEntries entries = new CrlEntries(der, this.header.entries());
		while (entries.next()) {
			if (entries.isRemoval() && !delta) {
				throw new MalformedCrlException("an entry is removed, which only those of a delta CRL can be");
			}
			(entries.isRemoval() ? removed : listed).add(entries.serialStart(), entries.serialEnd());
		}
		return new Crl(this.document, CrlIssuer.of(issuer), listed.build(), removed.build());
	}

}
