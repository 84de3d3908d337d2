package dev.mtls.revocation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * A basic response (RFC 6960, 4.2.1) that can be read; nothing of it is verified.
 */
final class OcspResponse {

	/**
	 * A responder sends its own certificate, and some send the path above it.
	 */
	private static final int MAX_CERTIFICATES = 8;

	private final BasicOCSPResponse response;

	private final ResponseData data;

	private OcspResponse(BasicOCSPResponse response) {
		this.response = response;
		this.data = response.getTbsResponseData();
	}

	static Verdict<OcspResponse> read(byte[] encoded) {
		if (encoded.length > OcspRequest.MAX_RESPONSE_BYTES) {
			return refused("it has more than %d bytes".formatted(OcspRequest.MAX_RESPONSE_BYTES));
		}
		if (!DerStructure.isSound(encoded)) {
			return refused("it is not DER");
		}
		OCSPResponse outer = OCSPResponse.getInstance(encoded);
		int status = outer.getResponseStatus().getIntValue();
		if (status != OCSPResponseStatus.SUCCESSFUL) {
			return refused("it has the status %d instead of an answer".formatted(status));
		}
		if (!OCSPObjectIdentifiers.id_pkix_ocsp_basic.equals(outer.getResponseBytes().getResponseType())) {
			return refused("it is of an unknown type");
		}
		byte[] basic = outer.getResponseBytes().getResponse().getOctets();
		if (!DerStructure.isSound(basic)) {
			return refused("it is not DER");
		}
		BasicOCSPResponse inner = BasicOCSPResponse.getInstance(basic);
		// What the parser overlooked is in neither, and in what is signed least of all
		if (!isEncoding(outer, encoded) || !isEncoding(inner, basic)) {
			return refused("it is not DER");
		}
		return new OcspResponse(inner).checked();
	}

	static <T> Verdict<T> refused(String problem) {
		return Verdict.refused(Reason.REVOCATION_UNKNOWN, "the OCSP answer cannot be used: " + problem);
	}

	ResponderID responder() {
		return this.data.getResponderID();
	}

	AlgorithmIdentifier signatureAlgorithm() {
		return this.response.getSignatureAlgorithm();
	}

	/**
	 * The certificates that came with the response.
	 * @return those that can be read
	 */
	List<X509Certificate> certificates() {
		List<X509Certificate> certificates = new ArrayList<>();
		if (this.response.getCerts() != null) {
			for (ASN1Encodable each : this.response.getCerts()) {
				try {
					byte[] encoded = each.toASN1Primitive().getEncoded();
					// The JDK would overlook it: a signature has whole bytes
					if (Certificate.getInstance(encoded).getSignature().getPadBits() == 0) {
						certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
							.generateCertificate(new ByteArrayInputStream(encoded)));
					}
				}
				catch (CertificateException | IOException | IllegalArgumentException ex) {
					// The responder's own may be another one
				}
			}
		}
		return certificates;
	}

	boolean isSignedBy(PublicKey key) {
		try {
			Signature signature = Signature.getInstance(signatureAlgorithm().getAlgorithm().getId());
			if (signatureAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
				AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
				parameters.init(signatureAlgorithm().getParameters().toASN1Primitive().getEncoded());
				signature.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
			}
			signature.initVerify(key);
			signature.update(this.data.getEncoded(ASN1Encoding.DER));
			return signature.verify(this.response.getSignature().getOctets());
		}
		catch (GeneralSecurityException | IOException | RuntimeException ex) {
			return false;
		}
	}

	byte @Nullable [] nonce() {
		Extensions extensions = this.data.getResponseExtensions();
		Extension nonce = (extensions != null) ? extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
				: null;
		return (nonce != null) ? nonce.getExtnValue().getOctets() : null;
	}

	Verdict<SingleResponse> answerFor(CertID certificate) {
		List<SingleResponse> found = new ArrayList<>();
		for (ASN1Encodable each : this.data.getResponses()) {
			SingleResponse answer = SingleResponse.getInstance(each);
			if (isSame(certificate, answer.getCertID())) {
				found.add(answer);
			}
		}
		if (found.size() != 1) {
			return refused("it has %d answers for the certificate".formatted(found.size()));
		}
		// RFC 6960, 4.4: what is critical and not understood
		return hasCriticalBeside(null, found.get(0).getSingleExtensions())
				? refused("it has an unknown critical extension") : Verdict.accepted(found.get(0));
	}

	private Verdict<OcspResponse> checked() {
		ASN1Sequence certificates = this.response.getCerts();
		if (!this.data.getVersion().hasValue(0)) {
			return refused("it is of an unknown version");
		}
		if (certificates != null && certificates.size() > MAX_CERTIFICATES) {
			return refused("it has more than %d certificates".formatted(MAX_CERTIFICATES));
		}
		if (hasCriticalBeside(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, this.data.getResponseExtensions())) {
			return refused("it has an unknown critical extension");
		}
		return Verdict.accepted(this);
	}

	private static boolean isEncoding(ASN1Object value, byte[] bytes) {
		try {
			return Arrays.equals(value.getEncoded(ASN1Encoding.DER), bytes);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean hasCriticalBeside(@Nullable ASN1ObjectIdentifier known, @Nullable Extensions extensions) {
		return extensions != null
				&& Arrays.stream(extensions.getCriticalExtensionOIDs()).anyMatch((oid) -> !oid.equals(known));
	}

	private static boolean isSame(CertID asked, CertID answered) {
		// Without the parameters of the hash algorithm, which are NULL or absent
		return asked.getHashAlgorithm().getAlgorithm().equals(answered.getHashAlgorithm().getAlgorithm())
				&& asked.getIssuerNameHash().equals(answered.getIssuerNameHash())
				&& asked.getIssuerKeyHash().equals(answered.getIssuerKeyHash())
				&& asked.getSerialNumber().equals(answered.getSerialNumber());
	}

}
