package dev.mtls.boot.forwarded;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * Certificates as proxies write them.
 */
final class ForwardedText {

	private ForwardedText() {
	}

	/**
	 * RFC 9440, section 2.1.
	 */
	static String bytes(X509Certificate certificate) {
		return ":" + base64(certificate) + ":";
	}

	/**
	 * As nginx and Envoy escape: all but unreserved characters.
	 */
	static String escapedPem(X509Certificate... chain) {
		return URLEncoder.encode(pem(chain), StandardCharsets.US_ASCII).replace("+", "%20");
	}

	/**
	 * As the Application Load Balancer escapes: {@code +=/} stay.
	 */
	static String amazonPem(X509Certificate... chain) {
		return escapedPem(chain).replace("%2B", "+").replace("%3D", "=").replace("%2F", "/");
	}

	/**
	 * As Traefik writes them.
	 */
	static String bodies(X509Certificate... chain) {
		return Arrays.stream(chain).map(ForwardedText::base64).collect(Collectors.joining(","));
	}

	static String pem(X509Certificate... chain) {
		return Arrays.stream(chain).map(ForwardedText::pem).collect(Collectors.joining());
	}

	static String base64(X509Certificate certificate) {
		return Base64.getEncoder().encodeToString(der(certificate));
	}

	static byte[] der(X509Certificate certificate) {
		try {
			return certificate.getEncoded();
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static String pem(X509Certificate certificate) {
		return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
			.formatted(Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der(certificate)));
	}

}
