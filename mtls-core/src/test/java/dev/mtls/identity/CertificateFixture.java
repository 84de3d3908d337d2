package dev.mtls.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes certificates, good and hostile, in memory.
 */
final class CertificateFixture {

	static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");

	static final Instant NOT_AFTER = Instant.parse("2026-02-01T00:00:00Z");

	private static final KeyPair KEY_PAIR = generateKeyPair();

	private static final HexFormat HEX = HexFormat.of();

	private CertificateFixture() {
	}

	/**
	 * Return the identity of a certificate with names that are written as rules for them
	 * are: {@code dns:}, {@code uri:}, {@code email:}, {@code ip:}, {@code cn:} and
	 * {@code ou:}. Its subject is {@code O=Example} if none of them is for the subject.
	 * @param names the names
	 * @return the identity
	 */
	static PeerIdentity identity(String... names) {
		return PeerIdentity.of(certificate(names));
	}

	static X509Certificate certificate(String... names) {
		X500NameBuilder subject = new X500NameBuilder();
		List<GeneralName> alternativeNames = new ArrayList<>();
		for (String name : names) {
			String value = name.substring(name.indexOf(':') + 1);
			switch (name.substring(0, name.indexOf(':'))) {
				case "cn" -> subject.addRDN(BCStyle.CN, new DERUTF8String(value));
				case "ou" -> subject.addRDN(BCStyle.OU, new DERUTF8String(value));
				case "dns" -> alternativeNames.add(new GeneralName(GeneralName.dNSName, value));
				case "uri" -> alternativeNames.add(new GeneralName(GeneralName.uniformResourceIdentifier, value));
				case "email" -> alternativeNames.add(new GeneralName(GeneralName.rfc822Name, value));
				case "ip" -> alternativeNames.add(new GeneralName(GeneralName.iPAddress, value));
				default -> throw new IllegalArgumentException(name);
			}
		}
		if (subject.build().getRDNs().length == 0) {
			subject.addRDN(BCStyle.O, "Example");
		}
		if (alternativeNames.isEmpty()) {
			return withSubject(subject.build());
		}
		return withAlternativeNames(subject.build(),
				encoded(new GeneralNames(alternativeNames.toArray(GeneralName[]::new))));
	}

	static X509Certificate withSubject(X500Name subject) {
		return certificate(encoded(builder(subject, BigInteger.TEN)));
	}

	static X509Certificate withSerialNumber(BigInteger serialNumber) {
		return certificate(encoded(builder(new X500Name("CN=a"), serialNumber)));
	}

	static X509Certificate withAlternativeNames(byte[] value) {
		return withAlternativeNames(new X500Name("CN=a"), value);
	}

	static X509Certificate withAlternativeNames(String hex) {
		return withAlternativeNames(HEX.parseHex(hex));
	}

	/**
	 * Return a certificate that has two subject alternative name extensions, which no
	 * library makes: one starts as an issuer alternative name.
	 * @param first the value of the first
	 * @param second the value of the second
	 * @return the certificate
	 */
	static X509Certificate withTwoAlternativeNames(byte[] first, byte[] second) {
		X509v3CertificateBuilder builder = builder(new X500Name("CN=a"), BigInteger.TEN);
		add(builder, new Extension(Extension.subjectAlternativeName, false, first));
		add(builder, new Extension(Extension.issuerAlternativeName, false, second));
		return certificate(HEX.parseHex(HEX.formatHex(encoded(builder)).replace("0603551d12", "0603551d11")));
	}

	static byte[] encoded(ASN1Encodable value) {
		try {
			return value.toASN1Primitive().getEncoded();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static byte[] publicKey() {
		return KEY_PAIR.getPublic().getEncoded();
	}

	static X509Certificate withAlternativeNames(X500Name subject, byte[] value) {
		X509v3CertificateBuilder builder = builder(subject, BigInteger.TEN);
		boolean critical = subject.getRDNs().length == 0;
		add(builder, new Extension(Extension.subjectAlternativeName, critical, value));
		return certificate(encoded(builder));
	}

	private static X509v3CertificateBuilder builder(X500Name subject, BigInteger serialNumber) {
		return new X509v3CertificateBuilder(new X500Name("CN=Test CA,O=Example"), serialNumber, Date.from(NOT_BEFORE),
				Date.from(NOT_AFTER), subject, SubjectPublicKeyInfo.getInstance(publicKey()));
	}

	private static void add(X509v3CertificateBuilder builder, Extension extension) {
		try {
			builder.addExtension(extension);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] encoded(X509v3CertificateBuilder builder) {
		try {
			ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(KEY_PAIR.getPrivate());
			return builder.build(signer).getEncoded();
		}
		catch (IOException | OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static X509Certificate certificate(byte[] encoded) {
		try {
			CertificateFactory factory = CertificateFactory.getInstance("X.509");
			return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static KeyPair generateKeyPair() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
