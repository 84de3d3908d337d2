package dev.mtls.boot.forwarded.reactive;

import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.mtls.boot.forwarded.ForwardingHeaders;

/**
 * Removes the headers with which a proxy would speak of its client, because it is no
 * proxy that sends them. It comes before every other filter, those with the highest
 * precedence included.
 */
public final class ForwardingHeaderWebFilter implements WebFilter, PriorityOrdered {

	private final ForwardingHeaders headers;

	/**
	 * Create a filter.
	 * @param headers the headers to remove
	 */
	public ForwardingHeaderWebFilter(ForwardingHeaders headers) {
		this.headers = headers;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return chain.filter(StrippedExchange.of(exchange, this.headers));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
