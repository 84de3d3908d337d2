package dev.mtls.cli.certificate;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.mtls.address.AddressText;
import dev.mtls.identity.PeerIdentity;

/**
 * What there is to say about a certificate.
 */
final class CertificateDetails {

	private static final List<String> USAGES = List.of("digitalSignature", "nonRepudiation", "keyEncipherment",
			"dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly");

	private static final Map<String, String> EXTENDED_USAGES = Map.of("1.3.6.1.5.5.7.3.1", "serverAuth",
			"1.3.6.1.5.5.7.3.2", "clientAuth", "1.3.6.1.5.5.7.3.3", "codeSigning", "1.3.6.1.5.5.7.3.4",
			"emailProtection", "1.3.6.1.5.5.7.3.8", "timeStamping", "1.3.6.1.5.5.7.3.9", "OCSPSigning", "2.5.29.37.0",
			"anyExtendedKeyUsage");

	private CertificateDetails() {
	}

	/**
	 * List the details by their names.
	 * @param certificate the certificate
	 * @param now the present
	 * @return texts, numbers, booleans and lists of texts
	 */
	static Map<String, Object> of(X509Certificate certificate, Instant now) {
		PeerIdentity identity = PeerIdentity.of(certificate);
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("subject", identity.subject());
		details.put("issuer", identity.issuer());
		details.put("serialNumber", hexadecimal(identity.serialNumber()));
		details.put("names", names(identity));
		details.put("authority", certificate.getBasicConstraints() >= 0);
		details.put("notBefore", identity.notBefore().toString());
		details.put("notAfter", identity.notAfter().toString());
		details.put("daysLeft", daysLeft(certificate, now));
		details.put("key", key(certificate.getPublicKey()));
		details.put("signature", certificate.getSigAlgName());
		details.put("keyUsage", keyUsage(certificate));
		details.put("extendedKeyUsage", extendedKeyUsage(certificate));
		details.put("fingerprint", "sha256:" + identity.fingerprint());
		details.put("keyDigest", "spki-sha256:" + identity.keyDigest());
		return details;
	}

	/**
	 * The whole days until the end of a certificate.
	 * @param certificate the certificate
	 * @param now the present
	 * @return the days, negative after its end
	 */
	static long daysLeft(X509Certificate certificate, Instant now) {
		return Math.floorDiv(Duration.between(now, certificate.getNotAfter().toInstant()).toSeconds(),
				Duration.ofDays(1).toSeconds());
	}

	/**
	 * A serial number as it is written here, and read by {@code --serial}.
	 * @param serialNumber the serial number
	 * @return hexadecimal digits
	 */
	static String hexadecimal(BigInteger serialNumber) {
		return serialNumber.toString(16);
	}

	private static List<String> names(PeerIdentity identity) {
		List<String> names = new ArrayList<>();
		identity.dnsNames().forEach((name) -> names.add("dns:" + name));
		identity.ipAddresses().stream().map(AddressText::of).forEach((name) -> names.add("ip:" + name));
		identity.uris().forEach((name) -> names.add("uri:" + name));
		identity.emailAddresses().forEach((name) -> names.add("email:" + name));
		return names;
	}

	private static String key(PublicKey key) {
		if (key instanceof RSAPublicKey rsa) {
			return "RSA %d".formatted(rsa.getModulus().bitLength());
		}
		if (key instanceof ECPublicKey ec) {
			return "EC P-%d".formatted(ec.getParams().getCurve().getField().getFieldSize());
		}
		return key.getAlgorithm();
	}

	private static List<String> keyUsage(X509Certificate certificate) {
		boolean[] bits = certificate.getKeyUsage();
		List<String> usages = new ArrayList<>();
		for (int i = 0; bits != null && i < USAGES.size(); i++) {
			if (bits[i]) {
				usages.add(USAGES.get(i));
			}
		}
		return usages;
	}

	private static List<String> extendedKeyUsage(X509Certificate certificate) {
		try {
			List<String> usages = certificate.getExtendedKeyUsage();
			return (usages != null) ? usages.stream().map((oid) -> EXTENDED_USAGES.getOrDefault(oid, oid)).toList()
					: List.of();
		}
		catch (CertificateParsingException ex) {
			return List.of("(malformed)");
		}
	}

}
