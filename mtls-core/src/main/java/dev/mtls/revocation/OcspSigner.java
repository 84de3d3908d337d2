package dev.mtls.revocation;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.x509.KeyPurposeId;

import dev.mtls.decision.Verdict;

/**
 * Who may sign answers about the certificates of an issuer: the issuer itself, or a
 * delegate with a certificate that the issuer's own key signed for this purpose (RFC
 * 6960, 4.2.2.2). A responder that only local configuration would trust may not.
 */
final class OcspSigner {

	private static final int DIGITAL_SIGNATURE = 0;

	private static final int NON_REPUDIATION = 1;

	private final X509Certificate issuer;

	private final Instant now;

	OcspSigner(X509Certificate issuer, Instant now) {
		this.issuer = issuer;
		this.now = now;
	}

	/**
	 * Verify the signature of a response.
	 * @param response the response
	 * @return until when its signer may sign, as far as its own certificate says so
	 */
	Verdict<Instant> verify(OcspResponse response) {
		if (!SignatureStrength.suffices(response.signatureAlgorithm())) {
			return OcspResponse.refused("its signature algorithm is weak or unknown");
		}
		if (isNamedBy(response.responder(), this.issuer) && response.isSignedBy(this.issuer.getPublicKey())) {
			// How long the issuer itself is valid is a question of the path
			return Verdict.accepted(Instant.MAX);
		}
		String problem = "it is signed neither by the issuer nor by a certificate that came with it";
		for (X509Certificate delegate : response.certificates()) {
			if (isNamedBy(response.responder(), delegate)) {
				Optional<String> flaw = flawOf(delegate);
				if (flaw.isEmpty() && response.isSignedBy(delegate.getPublicKey())) {
					return Verdict.accepted(delegate.getNotAfter().toInstant());
				}
				problem = flaw.orElse("its signature does not verify");
			}
		}
		return OcspResponse.refused(problem);
	}

	private Optional<String> flawOf(X509Certificate delegate) {
		if (!isIssued(delegate)) {
			return Optional.of("its signer was not certified by the issuer itself");
		}
		if (!isForOcsp(delegate)) {
			return Optional.of("its signer's certificate is not for OCSP");
		}
		if (this.now.isBefore(delegate.getNotBefore().toInstant())
				|| this.now.isAfter(delegate.getNotAfter().toInstant())) {
			return Optional.of("its signer's certificate is outside of its validity period");
		}
		if (!SignatureStrength.suffices(delegate) || !SignatureStrength.suffices(delegate.getPublicKey())) {
			return Optional.of("its signer's certificate has a weak signature or key");
		}
		if (delegate.hasUnsupportedCriticalExtension()) {
			return Optional.of("its signer's certificate has an unknown critical extension");
		}
		return Optional.empty();
	}

	private boolean isIssued(X509Certificate delegate) {
		if (!delegate.getIssuerX500Principal().equals(this.issuer.getSubjectX500Principal())) {
			return false;
		}
		try {
			delegate.verify(this.issuer.getPublicKey());
			return true;
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static boolean isForOcsp(X509Certificate delegate) {
		boolean[] usage = delegate.getKeyUsage();
		if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
			return false;
		}
		try {
			// anyExtendedKeyUsage does not suffice: RFC 6960, 4.2.2.2
			List<String> purposes = delegate.getExtendedKeyUsage();
			return purposes != null && purposes.contains(KeyPurposeId.id_kp_OCSPSigning.getId());
		}
		catch (CertificateParsingException ex) {
			return false;
		}
	}

	private static boolean isNamedBy(ResponderID responder, X509Certificate certificate) {
		if (responder.getKeyHash() != null) {
			return Arrays.equals(responder.getKeyHash(), OcspRequest.hashOf(certificate.getPublicKey()));
		}
		try {
			return certificate.getSubjectX500Principal()
				.equals(new X500Principal(responder.getName().getEncoded(ASN1Encoding.DER)));
		}
		catch (IOException ex) {
			return false;
		}
	}

}
