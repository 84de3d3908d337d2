package dev.mtls.boot.security;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.SslInfo;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ProblemDocument;

/**
 * What a reactive server tells of the peer of a request, and what the peer is told.
 */
final class ReactivePeer {

	private ReactivePeer() {
	}

	static X509Certificate[] certificates(ServerHttpRequest request) {
		SslInfo ssl = request.getSslInfo();
		X509Certificate[] certificates = (ssl != null) ? ssl.getPeerCertificates() : null;
		return (certificates != null) ? certificates : new X509Certificate[0];
	}

	static Mono<Void> tell(ProblemDocument problem, ServerHttpResponse response) {
		return Mono.defer(() -> {
			response.setStatusCode(problem.status());
			response.getHeaders().setContentType(MediaType.parseMediaType(ProblemDocument.MEDIA_TYPE));
			return response
				.writeWith(Mono.just(response.bufferFactory().wrap(problem.toJson().getBytes(StandardCharsets.UTF_8))));
		});
	}

}
