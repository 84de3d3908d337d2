package dev.mtls.boot.web.reactive;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.RequestPath;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * Asks the gate at each request, where the server does not decide at each connection
 * because a certificate is wanted but not needed.
 */
public final class GateWebFilter implements WebFilter, Ordered {

	private final Gate gate;

	private final ExcludedPaths excludedPaths;

	private final boolean forManagement;

	/**
	 * Create a filter.
	 * @param gate the gate
	 * @param excludedPaths if there are any, the paths that alone need no certificate
	 * @param forManagement whether the gate is that of a management port of its own;
	 * requests to the other port pass
	 */
	public GateWebFilter(Gate gate, ExcludedPaths excludedPaths, boolean forManagement) {
		this.gate = gate;
		this.excludedPaths = excludedPaths;
		this.forManagement = forManagement;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (ManagementRequests.contain(exchange) != this.forManagement) {
			return chain.filter(exchange);
		}
		RequestPeer peer = RequestPeers.of(exchange);
		CompletableFuture<Void> answer = this.gate.askRevocation(peer.chain());
		return answer.isDone() ? filter(exchange, chain, peer)
				: Mono.fromFuture(answer).then(Mono.defer(() -> filter(exchange, chain, peer)));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain, RequestPeer peer) {
		Decision.Deny denial = check(exchange.getRequest().getPath(), peer);
		return (denial != null) ? ProblemResponse.write(ProblemDocument.of(denial), exchange.getResponse())
				: chain.filter(exchange);
	}

	private Decision.@Nullable Deny check(RequestPath path, RequestPeer peer) {
		InetAddress address = peer.address();
		if (address == null) {
			return new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, "the address of the peer is not known");
		}
		return this.gate.checkRequest(peer.chain(), address, certificateRequired(path));
	}

	private boolean certificateRequired(RequestPath path) {
		return !this.excludedPaths.isEmpty() && !this.excludedPaths.contains(path.value(), path.contextPath().value());
	}

}
