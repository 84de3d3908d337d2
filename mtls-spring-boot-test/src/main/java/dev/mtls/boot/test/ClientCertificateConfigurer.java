package dev.mtls.boot.test;

import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.test.web.reactive.server.MockServerConfigurer;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClientConfigurer;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * Configures a {@link WebTestClient}, when it is made or by
 * {@link WebTestClient#mutateWith}, so that its requests come with a certificate. The
 * last one that configures it counts.
 *
 * @see MtlsMockServerConfigurers
 */
public final class ClientCertificateConfigurer implements MockServerConfigurer, WebTestClientConfigurer {

	private final PresentedCertificate certificate;

	ClientCertificateConfigurer(PresentedCertificate certificate) {
		this.certificate = certificate;
	}

	@Override
	public void beforeServerCreated(WebHttpHandlerBuilder builder) {
		builder.httpHandlerDecorator((handler) -> ClientCertificateHandler.of(handler, this.certificate));
	}

	@Override
	public void afterConfigurerAdded(WebTestClient.Builder builder, @Nullable WebHttpHandlerBuilder httpHandlerBuilder,
			@Nullable ClientHttpConnector connector) {
		if (httpHandlerBuilder == null) {
			throw new IllegalStateException(
					"A client of a server presents a certificate in its handshake: use @ClientOf or MtlsTestClients");
		}
		beforeServerCreated(httpHandlerBuilder);
	}

}
