package dev.mtls.revocation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.function.UnaryOperator;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.jcajce.io.OutputStreamFactory;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes right CRLs, as of a fixed time, from which tests make wrong ones.
 */
final class CrlFixture {

	static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

	static final Duration DAY = Duration.ofDays(1);

	private static final String DISTRIBUTION_POINTS = "2.5.29.31";

	private final CertificateAuthority authority;

	private final X509v2CRLBuilder builder;

	private String algorithm;

	private CrlFixture(CertificateAuthority authority, Instant thisUpdate, @Nullable Instant nextUpdate) {
		this.authority = authority;
		this.builder = new X509v2CRLBuilder(
				X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded()),
				Date.from(thisUpdate));
		if (nextUpdate != null) {
			this.builder.setNextUpdate(Date.from(nextUpdate));
		}
		this.algorithm = authority.own().privateKey().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
	}

	static CertificateAuthority authority(CertificateRequest.Builder request) {
		return CertificateAuthority.create(request.build(), InstantSource.fixed(NOW));
	}

	static CertificateAuthority authority(String commonName) {
		return authority(CertificateRequest.authority("CN=" + commonName));
	}

	static X509Certificate leaf(CertificateAuthority authority, long serialNumber) {
		return leaf(authority, serialNumber, (request) -> request);
	}

	static X509Certificate leaf(CertificateAuthority authority, long serialNumber,
			UnaryOperator<CertificateRequest.Builder> customizer) {
		CertificateRequest.Builder request = CertificateRequest.client("alice")
			.serialNumber(BigInteger.valueOf(serialNumber));
		return authority.issue(customizer.apply(request).build()).certificate();
	}

	static CertificateRequest.Builder withPoints(CertificateRequest.Builder request, DistributionPoint... points) {
		return request.extension(DISTRIBUTION_POINTS, false, der(new CRLDistPoint(points)));
	}

	static DistributionPoint point(String... uris) {
		return new DistributionPoint(name(uris), null, null);
	}

	static DistributionPointName name(String... uris) {
		GeneralName[] names = new GeneralName[uris.length];
		for (int i = 0; i < uris.length; i++) {
			names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
		}
		return new DistributionPointName(new GeneralNames(names));
	}

	/**
	 * Start a CRL that was issued now and ends in a day.
	 * @param authority its issuer
	 * @return the CRL
	 */
	static CrlFixture crl(CertificateAuthority authority) {
		return crl(authority, NOW);
	}

	static CrlFixture crl(CertificateAuthority authority, Instant thisUpdate) {
		return crl(authority, thisUpdate, thisUpdate.plus(DAY));
	}

	static CrlFixture crl(CertificateAuthority authority, Instant thisUpdate, @Nullable Instant nextUpdate) {
		return new CrlFixture(authority, thisUpdate, nextUpdate);
	}

	CrlFixture revoke(long... serialNumbers) {
		for (long serialNumber : serialNumbers) {
			revoke(BigInteger.valueOf(serialNumber));
		}
		return this;
	}

	CrlFixture revoke(BigInteger serialNumber) {
		this.builder.addCRLEntry(serialNumber, Date.from(NOW.minus(DAY)), CRLReason.keyCompromise);
		return this;
	}

	CrlFixture revokePlainly(BigInteger serialNumber) {
		this.builder.addCRLEntry(serialNumber, Date.from(NOW.minus(DAY)), new Extensions(new Extension[0]));
		return this;
	}

	CrlFixture remove(long serialNumber) {
		this.builder.addCRLEntry(BigInteger.valueOf(serialNumber), Date.from(NOW.minus(DAY)), CRLReason.removeFromCRL);
		return this;
	}

	CrlFixture entry(long serialNumber, Extension... extensions) {
		this.builder.addCRLEntry(BigInteger.valueOf(serialNumber), Date.from(NOW.minus(DAY)),
				new Extensions(extensions));
		return this;
	}

	CrlFixture number(long number) {
		return extension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
	}

	CrlFixture deltaFrom(long number) {
		return extension(Extension.deltaCRLIndicator, true, new ASN1Integer(number));
	}

	CrlFixture scope(@Nullable DistributionPointName name, boolean userOnly, boolean caOnly) {
		return extension(Extension.issuingDistributionPoint, true,
				new IssuingDistributionPoint(name, userOnly, caOnly, null, false, false));
	}

	CrlFixture extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
		try {
			this.builder.addExtension(oid, critical, value);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	CrlFixture signedWith(String name) {
		this.algorithm = name;
		return this;
	}

	byte[] der() {
		return der(this.authority.own().privateKey());
	}

	byte[] der(PrivateKey key) {
		try {
			return this.builder.build(signer(key)).getEncoded();
		}
		catch (IOException | GeneralSecurityException | OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private ContentSigner signer(PrivateKey key) throws GeneralSecurityException, OperatorCreationException {
		if (!this.algorithm.startsWith("PSS-")) {
			return new JcaContentSignerBuilder(this.algorithm).build(key);
		}
		boolean sha1 = this.algorithm.equals("PSS-SHA1");
		Signature signature = Signature.getInstance("RSASSA-PSS");
		signature.setParameter(sha1 ? new PSSParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, 20, 1)
				: new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
		signature.initSign(key);
		return new PssSigner(signature, sha1 ? "SHA1withRSAandMGF1" : "SHA256withRSAandMGF1");
	}

	CrlDocument document() {
		return document(der());
	}

	static CrlDocument document(byte[] der) {
		return CrlDocument.read("test.crl", der).get(0);
	}

	Crl verified() {
		return accepted(document().verify(this.authority.certificate()));
	}

	static <T> T accepted(Verdict<T> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<T>) verdict).value();
	}

	static void assertRefused(Verdict<?> verdict, Reason reason, String detail) {
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).isEqualTo(reason);
			assertThat(refused.denial().detail()).contains(detail);
		});
	}

	static X509CRL jdk(byte[] der) {
		try {
			return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static byte[] der(ASN1Encodable value) {
		try {
			return value.toASN1Primitive().getEncoded("DER");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Signs with the JDK, for which Bouncy Castle has another name.
	 *
	 * @param signature what signs
	 * @param name the name that Bouncy Castle has for it
	 */
	private record PssSigner(Signature signature, String name) implements ContentSigner {

		@Override
		public AlgorithmIdentifier getAlgorithmIdentifier() {
			return new DefaultSignatureAlgorithmIdentifierFinder().find(this.name);
		}

		@Override
		public OutputStream getOutputStream() {
			return OutputStreamFactory.createStream(this.signature);
		}

		@Override
		public byte[] getSignature() {
			try {
				return this.signature.sign();
			}
			catch (SignatureException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
