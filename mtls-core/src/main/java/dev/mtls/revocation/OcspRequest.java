package dev.mtls.revocation;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * The question to an OCSP responder whether one certificate is revoked (RFC 6960), and
 * the verification of what it answers. The answer may be signed by the issuer, or by a
 * responder that the issuer itself certified for that; whether that responder's own
 * certificate is revoked is not asked.
 */
public final class OcspRequest {

	/**
	 * The media type of a request.
	 */
	public static final String CONTENT_TYPE = "application/ocsp-request";

	/**
	 * The number of bytes that a response may have.
	 */
	public static final int MAX_RESPONSE_BYTES = 64 * 1024;

	/**
	 * As long as RFC 8954 allows, and as RFC 9654 wants it at least.
	 */
	private static final int NONCE_BYTES = 32;

	private final CertificateId certificate;

	private final X509Certificate issuer;

	private final CertID certId;

	private final byte @Nullable [] nonce;

	private OcspRequest(X509Certificate certificate, X509Certificate issuer, byte @Nullable [] nonce) {
		if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
			throw new IllegalArgumentException("The certificate names another issuer");
		}
		this.certificate = CertificateId.of(certificate, issuer);
		this.issuer = issuer;
		this.certId = certId(certificate, issuer);
		this.nonce = nonce;
	}

	/**
	 * Ask without a nonce, as responders expect it that sign their answers beforehand
	 * (RFC 5019).
	 * @param certificate the certificate
	 * @param issuer its issuer, by which its signature has been verified
	 * @return the request
	 * @throws IllegalArgumentException if the certificate names another issuer
	 */
	public static OcspRequest of(X509Certificate certificate, X509Certificate issuer) {
		return new OcspRequest(certificate, issuer, null);
	}

	/**
	 * Ask with a random nonce, which a responder that signs on demand repeats (RFC 8954).
	 * @param certificate the certificate
	 * @param issuer its issuer, by which its signature has been verified
	 * @return the request
	 * @throws IllegalArgumentException if the certificate names another issuer
	 */
	public static OcspRequest withNonce(X509Certificate certificate, X509Certificate issuer) {
		byte[] random = new byte[NONCE_BYTES];
		new SecureRandom().nextBytes(random);
		return new OcspRequest(certificate, issuer, random);
	}

	/**
	 * The request as it is sent.
	 * @return an OCSPRequest in DER, not signed
	 */
	public byte[] encoded() {
		try {
			Extensions extensions = (this.nonce != null)
					? new Extensions(
							new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, nonceValue(this.nonce)))
					: null;
			TBSRequest content = new TBSRequest(null, new DERSequence(new Request(this.certId, null)), extensions);
			return new OCSPRequest(content, null).getEncoded(ASN1Encoding.DER);
		}
		catch (IOException ex) {
			throw new IllegalStateException("A request can be encoded", ex);
		}
	}

	/**
	 * Verify a response. Whatever is wrong with it is a denial with
	 * {@link Reason#REVOCATION_UNKNOWN}; a certificate that is revoked, or unknown to the
	 * responder, is an answer.
	 * @param response the bytes that the responder sent
	 * @param now the time at which it must count
	 * @param requireNonce whether an answer without nonce is refused; it never has one if
	 * this request has none
	 * @return what the responder says about the certificate
	 */
	public Verdict<OcspAnswer> verify(byte[] response, Instant now, boolean requireNonce) {
		try {
			return OcspResponse.read(response)
				.then((signed) -> new OcspSigner(this.issuer, now).verify(signed)
					.then((signerEnd) -> checkNonce(signed, requireNonce).then((same) -> signed.answerFor(this.certId))
						.then((answer) -> OcspStatus.read(this.certificate, answer, now, signerEnd))));
		}
		catch (RuntimeException ex) {
			// Bouncy Castle reads the parts of a value only when they are asked for
			return OcspResponse.refused("it is malformed");
		}
	}

	@Override
	public String toString() {
		return "OcspRequest[serial number %s]".formatted(this.certificate.serialNumber());
	}

	/**
	 * The hash by which the key of an issuer or responder is named (RFC 6960, 4.1.1).
	 * @param key the key
	 * @return its SHA-1 hash, without the algorithm
	 */
	static byte[] hashOf(PublicKey key) {
		return sha1(SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes());
	}

	private Verdict<OcspResponse> checkNonce(OcspResponse response, boolean required) {
		byte[] repeated = response.nonce();
		if (repeated == null || this.nonce == null) {
			// RFC 6960, 4.4.1, and RFC 5019, 4: freshness is then a matter of time
			return required ? OcspResponse.refused("it does not repeat the nonce") : Verdict.accepted(response);
		}
		return Arrays.equals(repeated, nonceValue(this.nonce)) ? Verdict.accepted(response)
				: OcspResponse.refused("it has another nonce than the request");
	}

	private static byte[] nonceValue(byte[] nonce) {
		// The value of the extension is an octet string of its own (RFC 8954, 2.1)
		try {
			return new DEROctetString(nonce).getEncoded(ASN1Encoding.DER);
		}
		catch (IOException ex) {
			throw new IllegalStateException("An octet string can be encoded", ex);
		}
	}

	private static CertID certId(X509Certificate certificate, X509Certificate issuer) {
		// With SHA-1, which RFC 5019, 2.1.1 demands and many responders know only. It
		// finds
		// a certificate in the responder's records; what proves is the signature
		return new CertID(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE),
				new DEROctetString(sha1(certificate.getIssuerX500Principal().getEncoded())),
				new DEROctetString(hashOf(issuer.getPublicKey())), new ASN1Integer(certificate.getSerialNumber()));
	}

	private static byte[] sha1(byte[] content) {
		try {
			return MessageDigest.getInstance("SHA-1").digest(content);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-1", ex);
		}
	}

}
