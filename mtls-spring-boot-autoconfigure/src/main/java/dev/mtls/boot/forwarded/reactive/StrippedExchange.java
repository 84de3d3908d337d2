package dev.mtls.boot.forwarded.reactive;

import java.util.List;

import org.springframework.web.server.ServerWebExchange;

import dev.mtls.boot.forwarded.ForwardingHeaders;

/**
 * Makes an exchange as if its request had come without forwarding headers.
 */
final class StrippedExchange {

	private StrippedExchange() {
	}

	static ServerWebExchange of(ServerWebExchange exchange, ForwardingHeaders headers) {
		List<String> names = exchange.getRequest()
			.getHeaders()
			.headerNames()
			.stream()
			.filter(headers::contains)
			.toList();
		return names.isEmpty() ? exchange : without(exchange, names);
	}

	private static ServerWebExchange without(ServerWebExchange exchange, List<String> names) {
		return exchange.mutate()
			.request((request) -> request.headers((headers) -> names.forEach(headers::remove)))
			.build();
	}

}
