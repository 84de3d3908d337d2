package dev.mtls.boot.forwarded;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The header fields with which proxies speak of their client, and which anybody else
 * could write as well. A name counts in any spelling: letters and digits alone are
 * compared, without regard to case, because proxies, CGI and applications take a hyphen
 * for an underscore and leave out either.
 */
public final class ForwardingHeaders {

	/**
	 * In all of {@code Client-Cert}, {@code Client-Cert-Chain} (RFC 9440),
	 * {@code X-Forwarded-Client-Cert} (Envoy), {@code X-Client-Cert} and
	 * {@code X-Client-Cert-*} (nginx, Google), {@code X-Forwarded-Tls-Client-Cert} and
	 * {@code -Info} (Traefik), {@code X-Amzn-Mtls-Clientcert-*} (AWS),
	 * {@code X-ARR-ClientCert} (Azure), {@code Cf-Client-Cert-*} (Cloudflare),
	 * {@code X-SSL-Client-Cert}, {@code SSL_CLIENT_CERT} (HAProxy, Apache) and
	 * {@code WL-Proxy-Client-Cert} (WebLogic).
	 */
	private static final String CERTIFICATE = "clientcert";

	/**
	 * What else they say of the certificate: {@code SSL-Client-Verify},
	 * {@code X-SSL-Client-DN}, {@code X-SSL-Issuer}, {@code X-Client-Verify},
	 * {@code CERT_CHAIN_0} and the like, and {@code $WSCC} (WebSphere).
	 */
	private static final List<String> CERTIFICATE_PREFIXES = List.of("sslclient", "xsslclient", "xsslissuer",
			"xsslcert", "xforwardedsslclient", "xforwardedtlsclient", "xtlsclient", "tlsclient", "xclientverify",
			"xclientdn", "xclientsubject", "xclientissuer", "xamznmtls", "certchain", "wscc");

	private static final String ADDRESS = "forwarded";

	private static final String ADDRESS_PREFIX = "xforwarded";

	private final boolean addresses;

	private final @Nullable String header;

	/**
	 * Name the headers.
	 * @param addresses whether those about the client's address and the proxy's own
	 * scheme, host and port are among them: {@code Forwarded} (RFC 7239) and
	 * {@code X-Forwarded-*}
	 * @param header the name of another in which the proxies forward certificates, or
	 * {@code null} if there is none
	 */
	public ForwardingHeaders(boolean addresses, @Nullable String header) {
		this.addresses = addresses;
		this.header = (header != null) ? plain(header) : null;
	}

	/**
	 * Whether a header is one of them.
	 * @param name the name in any spelling
	 * @return whether it is
	 */
	public boolean contains(String name) {
		String plain = plain(name);
		return isCertificate(plain) || (this.addresses && isAddress(plain));
	}

	private boolean isCertificate(String plain) {
		return plain.contains(CERTIFICATE) || CERTIFICATE_PREFIXES.stream().anyMatch(plain::startsWith)
				|| plain.equals(this.header);
	}

	private static boolean isAddress(String plain) {
		return plain.equals(ADDRESS) || plain.startsWith(ADDRESS_PREFIX);
	}

	private static String plain(String name) {
		StringBuilder plain = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if (character < 0x80 && Character.isLetterOrDigit(character)) {
				plain.append(character);
			}
		}
		return plain.toString().toLowerCase(Locale.ROOT);
	}

}
