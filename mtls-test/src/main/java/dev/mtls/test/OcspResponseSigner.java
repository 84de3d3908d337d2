package dev.mtls.test;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;

import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.Req;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.IssuedCertificate;

/**
 * Signs the answer to a request, right or with a flaw.
 */
final class OcspResponseSigner {

	private static final Duration DAY = Duration.ofDays(1);

	private static final Duration HOUR = Duration.ofHours(1);

	private final IssuedCertificate signer;

	private final Instant thisUpdate;

	private final @Nullable Instant nextUpdate;

	private final @Nullable OcspFlaw flaw;

	OcspResponseSigner(IssuedCertificate signer, Instant now, Duration validity, @Nullable OcspFlaw flaw) {
		this.signer = signer;
		this.flaw = flaw;
		this.thisUpdate = thisUpdate(now.truncatedTo(ChronoUnit.SECONDS), validity);
		this.nextUpdate = validity.isZero() ? null : this.thisUpdate.plus(validity);
	}

	byte[] answer(byte[] request, Map<BigInteger, CertificateStatus> statuses) {
		try {
			if (this.flaw == OcspFlaw.TRY_LATER) {
				return new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null).getEncoded();
			}
			byte[] answer = new OCSPRespBuilder()
				.build(OCSPRespBuilder.SUCCESSFUL, basic(new OCSPReq(request), statuses))
				.getEncoded();
			if (this.flaw == OcspFlaw.WRONG_SIGNATURE) {
				// Sent without certificates, its signature is what it ends with
				answer[answer.length - 1] ^= 1;
			}
			return answer;
		}
		catch (OCSPException | OperatorCreationException | GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("The request cannot be answered", ex);
		}
	}

	private BasicOCSPResp basic(OCSPReq request, Map<BigInteger, CertificateStatus> statuses)
			throws OCSPException, OperatorCreationException, GeneralSecurityException {
		X509Certificate certificate = this.signer.certificate();
		BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(
				new RespID(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())));
		for (Req each : request.getRequestList()) {
			// Null is how Bouncy Castle says good
			builder.addResponse(idFor(each.getCertID()), statuses.get(each.getCertID().getSerialNumber()),
					Date.from(this.thisUpdate), (this.nextUpdate != null) ? Date.from(this.nextUpdate) : null, null);
		}
		Extension nonce = nonceFor(request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
		if (nonce != null) {
			builder.setResponseExtensions(new Extensions(nonce));
		}
		X509CertificateHolder[] certificates = (this.flaw == OcspFlaw.WRONG_SIGNATURE) ? null
				: new X509CertificateHolder[] { new JcaX509CertificateHolder(certificate) };
		return builder.build(new JcaContentSignerBuilder(algorithm()).build(this.signer.privateKey()), certificates,
				Date.from(this.thisUpdate));
	}

	private CertificateID idFor(CertificateID asked) {
		return (this.flaw == OcspFlaw.OTHER_CERTIFICATE)
				? CertificateID.deriveCertificateID(asked, asked.getSerialNumber().add(BigInteger.ONE)) : asked;
	}

	private @Nullable Extension nonceFor(@Nullable Extension asked) {
		if (asked == null || this.flaw == OcspFlaw.WITHOUT_NONCE) {
			return null;
		}
		byte[] value = asked.getExtnValue().getOctets();
		if (this.flaw == OcspFlaw.WRONG_NONCE) {
			value = value.clone();
			value[value.length - 1] ^= 1;
		}
		return new Extension(asked.getExtnId(), false, value);
	}

	private String algorithm() {
		String key = "EC".equals(this.signer.privateKey().getAlgorithm()) ? "ECDSA" : "RSA";
		return ((this.flaw == OcspFlaw.WEAK_SIGNATURE) ? "SHA1with" : "SHA256with") + key;
	}

	private Instant thisUpdate(Instant now, Duration validity) {
		if (this.flaw == OcspFlaw.STALE) {
			return now.minus(validity.isZero() ? DAY : validity).minus(HOUR);
		}
		return (this.flaw == OcspFlaw.FUTURE) ? now.plus(DAY) : now;
	}

}
