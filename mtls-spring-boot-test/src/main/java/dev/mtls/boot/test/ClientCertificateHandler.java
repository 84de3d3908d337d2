package dev.mtls.boot.test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import reactor.core.publisher.Mono;

/**
 * {@link HttpHandler} before all of an application, whose requests come with a
 * certificate.
 */
final class ClientCertificateHandler implements HttpHandler {

	private static final String SESSION_ID = "00";

	private final HttpHandler application;

	private final ApplicationContext context;

	private final PresentedCertificate certificate;

	private ClientCertificateHandler(HttpHandler application, ApplicationContext context,
			PresentedCertificate certificate) {
		this.application = application;
		this.context = context;
		this.certificate = certificate;
	}

	static HttpHandler of(HttpHandler handler, PresentedCertificate certificate) {
		// What was configured last decorates first
		if (handler instanceof ClientCertificateHandler) {
			return handler;
		}
		ApplicationContext context = (handler instanceof HttpWebHandlerAdapter adapter)
				? adapter.getApplicationContext() : null;
		if (context == null) {
			throw new IllegalStateException(
					"There is no gate that could admit a certificate: bind the WebTestClient to the application context");
		}
		return new ClientCertificateHandler(handler, context, certificate);
	}

	@Override
	public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
		InetSocketAddress remote = remoteAddress(request);
		return Mono.fromFuture(() -> this.certificate.admit(this.context, remote.getAddress()))
			.flatMap((chain) -> this.application.handle(withCertificate(request, remote, chain), response));
	}

	private static InetSocketAddress remoteAddress(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		return (remote != null) ? remote : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
	}

	private static ServerHttpRequest withCertificate(ServerHttpRequest request, InetSocketAddress remote,
			List<X509Certificate> chain) {
		ServerHttpRequest.Builder builder = request.mutate().remoteAddress(remote);
		if (!chain.isEmpty()) {
			builder.sslInfo(SslInfo.from(SESSION_ID, chain.toArray(X509Certificate[]::new)));
		}
		return builder.build();
	}

}
