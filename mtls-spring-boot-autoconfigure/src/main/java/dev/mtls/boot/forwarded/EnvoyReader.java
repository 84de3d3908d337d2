package dev.mtls.boot.forwarded;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads what Envoy says of its client in {@code X-Forwarded-Client-Cert}: the last
 * element, which the proxy that is connected to us appended. Only {@code Cert} and
 * {@code Chain} are believed, since names alone prove no path; both hold percent-encoded
 * PEM and stand in double quotes, as Envoy always writes them.
 */
final class EnvoyReader implements ChainReader {

	private static final String FIELD = "X-Forwarded-Client-Cert";

	@Override
	public DerCertificates read(RequestFields fields) throws MalformedFieldException {
		// Envoy joins lines that it received
		String value = FieldLines.of(fields, FIELD).single();
		if (value == null || value.isEmpty()) {
			return new DerCertificates();
		}
		List<List<ForwardedElements.Pair>> elements = ForwardedElements.parse(value);
		List<ForwardedElements.Pair> element = elements.get(elements.size() - 1);
		DerCertificates leaf = read(ForwardedElements.single(element, "cert"));
		DerCertificates chain = read(ForwardedElements.single(element, "chain"));
		if (leaf.isEmpty() && chain.isEmpty()) {
			return leaf;
		}
		DerCertificates certificates = chain.isEmpty() ? leaf : chain;
		X509Certificate client = certificates.toList().get(0);
		if (!leaf.isEmpty() && !leaf.toList().equals(List.of(client))) {
			throw new MalformedFieldException("Cert is not the first certificate of Chain");
		}
		checkHash(ForwardedElements.single(element, "hash"), client);
		return certificates;
	}

	private static DerCertificates read(ForwardedElements.@Nullable Pair pair) throws MalformedFieldException {
		if (pair == null) {
			return new DerCertificates();
		}
		if (!pair.quoted()) {
			throw new MalformedFieldException("a certificate does not stand in double quotes");
		}
		return EscapedPem.read(pair.value());
	}

	private static void checkHash(ForwardedElements.@Nullable Pair hash, X509Certificate client)
			throws MalformedFieldException {
		if (hash != null && !hash.value().equalsIgnoreCase(sha256(client))) {
			throw new MalformedFieldException("Hash is that of another certificate");
		}
	}

	private static String sha256(X509Certificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException | CertificateEncodingException ex) {
			throw new IllegalStateException("SHA-256 or the encoding of a parsed certificate is missing", ex);
		}
	}

}
