package dev.mtls.authority;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CRLReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs what a {@link RevocationListRequest} asks for with the key of an issuer.
 */
final class RevocationListSigner {

	private final PrivateKey issuerKey;

	private final X509Certificate issuer;

	RevocationListSigner(PrivateKey issuerKey, X509Certificate issuer) {
		this.issuerKey = issuerKey;
		this.issuer = issuer;
	}

	byte[] sign(RevocationListRequest request, Instant now) {
		Instant thisUpdate = (request.thisUpdate() != null) ? request.thisUpdate() : now;
		if (request.validity().isNegative()) {
			throw new IllegalArgumentException("The list ends %s before it begins".formatted(request.validity()));
		}
		X509v2CRLBuilder list = new X509v2CRLBuilder(
				X500Name.getInstance(this.issuer.getSubjectX500Principal().getEncoded()), date(thisUpdate));
		list.setNextUpdate(date(thisUpdate.plus(request.validity())));
		request.entries().forEach((serialNumber, entry) -> add(list, serialNumber, entry, thisUpdate));
		try {
			list.addExtension(Extension.cRLNumber, false, new CRLNumber(request.number()));
			list.addExtension(Extension.authorityKeyIdentifier, false,
					new AuthorityKeyIdentifier(CertificateSigner.keyIdentifier(this.issuer).getKeyIdentifier()));
			return list
				.build(new JcaContentSignerBuilder(CertificateSigner.algorithmFor(this.issuerKey))
					.build(this.issuerKey))
				.getEncoded();
		}
		catch (GeneralSecurityException | IOException | OperatorCreationException ex) {
			throw new IllegalArgumentException("Java cannot sign such a list", ex);
		}
	}

	private static void add(X509v2CRLBuilder list, BigInteger serialNumber, RevocationListRequest.Entry entry,
			Instant thisUpdate) {
		Date since = date((entry.since() != null) ? entry.since() : thisUpdate);
		if (entry.reason() == CRLReason.UNSPECIFIED) {
			list.addCRLEntry(serialNumber, since, (Extensions) null);
		}
		else {
			// Java lists the reasons in the order of their numbers (RFC 5280, 5.3.1)
			list.addCRLEntry(serialNumber, since, List.of(CRLReason.values()).indexOf(entry.reason()));
		}
	}

	private static Date date(Instant instant) {
		return Date.from(instant.truncatedTo(ChronoUnit.SECONDS));
	}

}
