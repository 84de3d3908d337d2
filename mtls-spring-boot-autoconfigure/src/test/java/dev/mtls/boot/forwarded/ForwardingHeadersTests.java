package dev.mtls.boot.forwarded;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardingHeaders}.
 */
class ForwardingHeadersTests {

	private static final ForwardingHeaders ALL = new ForwardingHeaders(true, "X-Peer-Pem");

	private static final ForwardingHeaders CERTIFICATES = new ForwardingHeaders(false, null);

	@ParameterizedTest
	@ValueSource(strings = { "Client-Cert", "client-cert", "CLIENT-CERT", "Client_Cert", "CLIENT_CERT", "ClientCert",
			"Client.Cert", "Client--Cert", "Client-Cert-Chain", "X-Forwarded-Client-Cert", "X_Forwarded_Client-Cert",
			"X-Client-Cert", "X-Client-Cert-Spiffe", "X-Client-Certificate", "X-Client-Verify", "X-Client-Dn",
			"X-SSL-Client-Cert", "X-SSL-Client-SHA1", "X-SSL-Client-NotAfter", "X-SSL-Issuer", "SSL-Client-Cert",
			"ssl-client-subject-dn", "SSL_CLIENT_S_DN", "SSL_CLIENT_VERIFY", "SSL_CLIENT_CERT_CHAIN_0", "CERT_CHAIN_0",
			"X-Amzn-Mtls-Clientcert", "X-Amzn-Mtls-Clientcert-Leaf", "X-Amzn-Mtls-Anything",
			"X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info", "X-Forwarded-Tls-Client-Cert-Infos",
			"X-ARR-ClientCert", "Cf-Client-Cert-Sha256", "WL-Proxy-Client-Cert", "$WSCC", "Client\u00ad-Cert" })
	void containsWhenAboutACertificateIsTrue(String name) {
		assertThat(ALL.contains(name)).isTrue();
		assertThat(CERTIFICATES.contains(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Forwarded", "FORWARDED", "X-Forwarded-For", "x_forwarded_for", "X-Forwarded-Host",
			"X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Ssl", "X-Forwarded-By",
			"XForwardedFor" })
	void containsWhenAboutAnAddressIsTrueWhereAskedFor(String name) {
		assertThat(ALL.contains(name)).isTrue();
		assertThat(CERTIFICATES.contains(name)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Peer-Pem", "x_peer_pem", "X-PEER-PEM" })
	void containsWhenConfiguredIsTrue(String name) {
		assertThat(ALL.contains(name)).isTrue();
		assertThat(CERTIFICATES.contains(name)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Host", "Accept", "Authorization", "Cookie", "Content-Type", "Via", "X-Request-Id",
			"X-Client-Id", "X-Client-Version", "Client-Id", "Client-Version", "X-Amzn-Trace-Id", "Forwarded-Mail",
			"If-Forwarded", "Traceparent", "X-Real-Ip", "Client", "Cert", "X-Peer", "Sec-WebSocket-Key" })
	void containsWhenAboutSomethingElseIsFalse(String name) {
		assertThat(ALL.contains(name)).isFalse();
	}

}
