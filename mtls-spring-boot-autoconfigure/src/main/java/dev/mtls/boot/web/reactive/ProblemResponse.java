package dev.mtls.boot.web.reactive;

import java.nio.charset.StandardCharsets;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers a request with a problem document.
 */
public final class ProblemResponse {

	private ProblemResponse() {
	}

	/**
	 * Write the document and its status.
	 * @param problem the document
	 * @param response the response
	 * @return completes when it is written
	 */
	public static Mono<Void> write(ProblemDocument problem, ServerHttpResponse response) {
		return Mono.defer(() -> {
			response.setStatusCode(problem.status());
			response.getHeaders().setContentType(MediaType.parseMediaType(ProblemDocument.MEDIA_TYPE));
			DataBuffer body = response.bufferFactory().wrap(problem.toJson().getBytes(StandardCharsets.UTF_8));
			return response.writeWith(Mono.just(body));
		});
	}

}
