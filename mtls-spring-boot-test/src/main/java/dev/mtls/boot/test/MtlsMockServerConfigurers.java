package dev.mtls.boot.test;

import java.security.cert.X509Certificate;
import java.util.List;

import dev.mtls.test.TestCertificate;

/**
 * Requests of a {@code WebTestClient} without a server that come with a certificate.
 * <p>
 * The gate of {@code mtls.server} validates the certificate: its path, revocation, names,
 * and the remote address of the request, which is that of loopback if there is none. When
 * it admits the peer, the request is as one over TLS. When it refuses the connection,
 * there would be no request at all: {@code exchange} throws a
 * {@link org.springframework.web.reactive.function.client.WebClientRequestException
 * WebClientRequestException}, as it does over TLS, whose cause is an
 * {@link dev.mtls.decision.MtlsException MtlsException} with the reason. Where
 * certificates are {@linkplain dev.mtls.gate.Admission#deferred() wanted but not needed},
 * the request of a peer that the rules refuse is answered as at run time.
 *
 * <pre class="code">
 * webTestClient.mutateWith(clientCertificate(TestPeer.TRUSTED)).get().uri("/greeting").exchange().expectStatus().isOk();
 * </pre>
 */
public final class MtlsMockServerConfigurers {

	private MtlsMockServerConfigurers() {
	}

	/**
	 * Have requests come with the certificate of a peer of an {@link MtlsTest @MtlsTest}.
	 * @param peer the peer
	 * @return the configurer
	 */
	public static ClientCertificateConfigurer clientCertificate(TestPeer peer) {
		return new ClientCertificateConfigurer(PresentedCertificate.of(peer));
	}

	/**
	 * Have requests come with a certificate and its chain.
	 * @param certificate the certificate
	 * @return the configurer
	 */
	public static ClientCertificateConfigurer clientCertificate(TestCertificate certificate) {
		return new ClientCertificateConfigurer(PresentedCertificate.of(certificate));
	}

	/**
	 * Have requests come with a chain.
	 * @param chain the chain, the peer's own certificate first
	 * @return the configurer
	 */
	public static ClientCertificateConfigurer clientCertificate(List<X509Certificate> chain) {
		return new ClientCertificateConfigurer(PresentedCertificate.of(chain));
	}

}
