package dev.mtls.boot.web.reactive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.mtls.boot.limit.RequestRateCheck;
import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers requests that are made with one certificate faster than allowed with status 429
 * (RFC 6585, section 4).
 */
public final class RequestRateWebFilter implements WebFilter, Ordered {

	private final RequestRateCheck check;

	/**
	 * Create a filter.
	 * @param check counts the requests
	 */
	public RequestRateWebFilter(RequestRateCheck check) {
		this.check = check;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (ManagementRequests.contain(exchange)) {
			return chain.filter(exchange);
		}
		ServerHttpRequest request = exchange.getRequest();
		InetSocketAddress remote = request.getRemoteAddress();
		InetAddress address = (remote != null) ? remote.getAddress() : null;
		RequestRateCheck.Refusal refusal = this.check.check(PeerCertificates.of(request), address);
		return (refusal != null) ? refuse(exchange.getResponse(), refusal) : chain.filter(exchange);
	}

	/**
	 * Right after the gate's own filter.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	private static Mono<Void> refuse(ServerHttpResponse response, RequestRateCheck.Refusal refusal) {
		ProblemDocument problem = ProblemDocument.of(refusal.denial());
		response.setStatusCode(problem.status());
		response.getHeaders().set(HttpHeaders.RETRY_AFTER, refusal.retryAfter());
		response.getHeaders().setContentType(MediaType.parseMediaType(ProblemDocument.MEDIA_TYPE));
		return response
			.writeWith(Mono.just(response.bufferFactory().wrap(problem.toJson().getBytes(StandardCharsets.UTF_8))));
	}

}
