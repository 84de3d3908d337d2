package dev.mtls.revocation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.ResponderID;
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
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;

/**
 * Builds the response to a request, a right one unless told otherwise.
 */
final class Responses {

	static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

	static final InstantSource CLOCK = InstantSource.fixed(NOW);

	private static final ASN1ObjectIdentifier UNKNOWN_EXTENSION = new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1");

	private static final byte[] DER_NULL = { 5, 0 };

	private final List<CertificateID> others = new ArrayList<>();

	private final List<Extension> extensions = new ArrayList<>();

	private List<X509Certificate> certificates = List.of();

	private IssuedCertificate signer;

	private ResponderID responder;

	private CertificateID certificate;

	private @Nullable CertificateStatus status = CertificateStatus.GOOD;

	private Instant thisUpdate = NOW.minus(Duration.ofMinutes(10));

	private @Nullable Instant nextUpdate = NOW.plus(Duration.ofMinutes(30));

	private String algorithm = "SHA256withECDSA";

	private boolean criticalSingleExtension;

	private Responses(OCSPReq request, IssuedCertificate signer) {
		this.certificate = request.getRequestList()[0].getCertID();
		this.signer = signer;
		this.responder = byName(signer.certificate());
		if (request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce) != null) {
			this.extensions.add(request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
		}
	}

	static Responses to(OcspRequest request, IssuedCertificate signer) {
		try {
			return new Responses(new OCSPReq(request.encoded()), signer);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static CertificateAuthority root(String commonName) {
		return root(CertificateRequest.authority("CN=" + commonName));
	}

	static CertificateAuthority root(CertificateRequest.Builder request) {
		return CertificateAuthority.create(request.build(), CLOCK);
	}

	static ResponderID byName(X509Certificate certificate) {
		return new ResponderID(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
	}

	static ResponderID byKey(X509Certificate certificate) {
		return new ResponderID(new DEROctetString(OcspRequest.hashOf(certificate.getPublicKey())));
	}

	static CertificateID idOf(OcspRequest request) {
		try {
			return new OCSPReq(request.encoded()).getRequestList()[0].getCertID();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Responses signedBy(IssuedCertificate delegate) {
		this.signer = delegate;
		this.responder = byName(delegate.certificate());
		return certificates(delegate.certificate());
	}

	Responses certificates(X509Certificate... sent) {
		this.certificates = List.of(sent);
		return this;
	}

	Responses responder(ResponderID id) {
		this.responder = id;
		return this;
	}

	Responses about(CertificateID id) {
		this.certificate = id;
		return this;
	}

	Responses alsoAbout(CertificateID id) {
		this.others.add(id);
		return this;
	}

	Responses status(@Nullable CertificateStatus newStatus) {
		this.status = newStatus;
		return this;
	}

	Responses from(Instant instant) {
		this.thisUpdate = instant;
		return this;
	}

	Responses until(@Nullable Instant instant) {
		this.nextUpdate = instant;
		return this;
	}

	Responses algorithm(String name) {
		this.algorithm = name;
		return this;
	}

	Responses withoutNonce() {
		this.extensions.removeIf((extension) -> extension.getExtnId().equals(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
		return this;
	}

	Responses nonce(boolean critical, byte[] value) {
		withoutNonce();
		this.extensions.add(new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, critical, value));
		return this;
	}

	Responses unknownExtension(boolean critical) {
		this.extensions.add(new Extension(UNKNOWN_EXTENSION, critical, DER_NULL));
		return this;
	}

	Responses criticalSingleExtension() {
		this.criticalSingleExtension = true;
		return this;
	}

	byte[] encoded() {
		try {
			return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic()).getEncoded();
		}
		catch (OCSPException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private BasicOCSPResp basic() {
		BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new RespID(this.responder));
		for (CertificateID other : this.others) {
			builder.addResponse(other, CertificateStatus.GOOD, Date.from(this.thisUpdate), date(this.nextUpdate), null);
		}
		builder.addResponse(this.certificate, this.status, Date.from(this.thisUpdate), date(this.nextUpdate),
				this.criticalSingleExtension ? new Extensions(new Extension(UNKNOWN_EXTENSION, true, DER_NULL)) : null);
		if (!this.extensions.isEmpty()) {
			builder.setResponseExtensions(new Extensions(this.extensions.toArray(Extension[]::new)));
		}
		try {
			return builder.build(
					new JcaContentSignerBuilder(this.algorithm).setProvider(new BouncyCastleProvider())
						.build(this.signer.privateKey()),
					this.certificates.stream().map(Responses::holder).toArray(X509CertificateHolder[]::new),
					Date.from(this.thisUpdate));
		}
		catch (OCSPException | OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable Date date(@Nullable Instant instant) {
		return (instant != null) ? Date.from(instant) : null;
	}

	private static X509CertificateHolder holder(X509Certificate certificate) {
		try {
			return new JcaX509CertificateHolder(certificate);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
