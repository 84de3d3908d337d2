package dev.mtls.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.Verdict;
import dev.mtls.revocation.Crl;
import dev.mtls.revocation.CrlDocument;

/**
 * A CRL of random serial numbers, the same ones in every run, with its issuer. A quarter
 * of the entries give a reason.
 */
final class LargeCrl {

	private static final long SEED = 42;

	private final X509Certificate issuer;

	private final BigInteger[] serialNumbers;

	private final byte[] der;

	private LargeCrl(X509Certificate issuer, BigInteger[] serialNumbers, byte[] der) {
		this.issuer = issuer;
		this.serialNumbers = serialNumbers;
		this.der = der;
	}

	/**
	 * Make a CRL.
	 * @param count how many entries it has
	 * @param octets how long each serial number is
	 * @return the CRL
	 */
	static LargeCrl of(int count, int octets) {
		return of(CertificateAuthority.create("CN=Large").own(), Instant.now(), count, octets);
	}

	/**
	 * Make CRLs of one issuer, each of which replaces the one before.
	 * @param size how many
	 * @param count how many entries each has
	 * @param octets how long each serial number is
	 * @return the CRLs
	 */
	static List<LargeCrl> series(int size, int count, int octets) {
		IssuedCertificate issuer = CertificateAuthority.create("CN=Large").own();
		Instant last = Instant.now();
		return IntStream.range(0, size)
			.mapToObj((index) -> of(issuer, last.minusSeconds(size - index), count, octets))
			.toList();
	}

	private static LargeCrl of(IssuedCertificate issuer, Instant now, int count, int octets) {
		Random random = new Random(SEED);
		X509v2CRLBuilder builder = new X509v2CRLBuilder(
				X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()), Date.from(now));
		builder.setNextUpdate(Date.from(now.plusSeconds(3600)));
		BigInteger[] serialNumbers = new BigInteger[count];
		for (int i = 0; i < count; i++) {
			serialNumbers[i] = serialNumber(octets, random);
			builder.addCRLEntry(serialNumbers[i], Date.from(now), (i % 4 == 0) ? CRLReason.keyCompromise : 0);
		}
		try {
			byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.privateKey()))
				.getEncoded();
			return new LargeCrl(issuer.certificate(), serialNumbers, der);
		}
		catch (IOException | OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	X509Certificate issuer() {
		return this.issuer;
	}

	/**
	 * The CRL.
	 * @return the bytes themselves and no copy
	 */
	byte[] der() {
		return this.der;
	}

	/**
	 * Read the CRL, its signature verified.
	 * @return the CRL
	 */
	Crl read() {
		if (CrlDocument.read("memory", this.der).get(0).verify(this.issuer) instanceof Verdict.Accepted<Crl> accepted) {
			return accepted.value();
		}
		throw new IllegalStateException("The CRL was refused");
	}

	/**
	 * Read the CRL with the JDK, its signature verified.
	 * @return the CRL
	 * @throws GeneralSecurityException if the JDK refuses it
	 */
	X509CRL readWithJdk() throws GeneralSecurityException {
		X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(this.der));
		crl.verify(this.issuer.getPublicKey());
		return crl;
	}

	/**
	 * Random serial numbers.
	 * @param octets how long each of those that are not listed is
	 * @param count how many
	 * @param listed how many of a hundred of them are listed
	 * @return the serial numbers, in random order
	 */
	BigInteger[] sought(int octets, int count, int listed) {
		Random random = new Random(SEED + 1);
		BigInteger[] sought = new BigInteger[count];
		for (int i = 0; i < count; i++) {
			BigInteger number = (random.nextInt(100) < listed)
					? this.serialNumbers[random.nextInt(this.serialNumbers.length)] : serialNumber(octets, random);
			// A certificate has its own
			sought[i] = new BigInteger(number.toByteArray());
		}
		return sought;
	}

	private static BigInteger serialNumber(int octets, Random random) {
		int bits = octets * Byte.SIZE - 1;
		return new BigInteger(bits, random).setBit(bits - 1);
	}

}
