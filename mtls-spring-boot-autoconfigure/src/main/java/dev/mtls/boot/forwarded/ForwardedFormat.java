package dev.mtls.boot.forwarded;

import org.jspecify.annotations.Nullable;

/**
 * The formats in which proxies forward the certificate of their client.
 */
public enum ForwardedFormat {

	/**
	 * {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440). HAProxy can write
	 * them.
	 */
	RFC9440(null) {

		@Override
		ChainReader reader(String header) {
			return new ClientCertReader();
		}

	},

	/**
	 * {@code X-Forwarded-Client-Cert} with {@code Cert} or {@code Chain}: Envoy and what
	 * is built on it.
	 */
	ENVOY(null) {

		@Override
		ChainReader reader(String header) {
			return new EnvoyReader();
		}

	},

	/**
	 * Percent-encoded PEM in a field that the configuration of the proxy names: nginx
	 * with {@code $ssl_client_escaped_cert}.
	 */
	NGINX("X-Client-Cert") {

		@Override
		ChainReader reader(String header) {
			return new EscapedPemReader(header);
		}

	},

	/**
	 * {@code X-Forwarded-Tls-Client-Cert}: Traefik with {@code PassTLSClientCert} and
	 * {@code pem}.
	 */
	TRAEFIK(null) {

		@Override
		ChainReader reader(String header) {
			return new PemBodyReader("X-Forwarded-Tls-Client-Cert");
		}

	},

	/**
	 * {@code X-Amzn-Mtls-Clientcert} or {@code X-Amzn-Mtls-Clientcert-Leaf}: an
	 * Application Load Balancer of AWS that passes certificates through or verifies them.
	 */
	AWS_ALB(null) {

		@Override
		ChainReader reader(String header) {
			return new AmazonReader();
		}

	};

	private final @Nullable String defaultHeader;

	ForwardedFormat(@Nullable String defaultHeader) {
		this.defaultHeader = defaultHeader;
	}

	/**
	 * The name of the field where the configuration of the proxy chooses it.
	 * @return the name that is usual, or {@code null} if the name is fixed
	 */
	public @Nullable String defaultHeader() {
		return this.defaultHeader;
	}

	abstract ChainReader reader(String header);

}
