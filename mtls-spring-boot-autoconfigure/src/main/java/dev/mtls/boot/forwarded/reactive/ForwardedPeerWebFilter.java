package dev.mtls.boot.forwarded.reactive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.mtls.boot.forwarded.ForwardedPeer;
import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.reactive.ConnectionOfRequest;
import dev.mtls.boot.web.reactive.ManagementRequests;
import dev.mtls.boot.web.reactive.PeerCertificates;
import dev.mtls.boot.web.reactive.ProblemResponse;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;

/**
 * Asks the gate at each request who the client is: the peer of the connection, or
 * somebody for whom it speaks as a proxy. It takes the place of
 * {@link ForwardingHeaderWebFilter}.
 */
public final class ForwardedPeerWebFilter implements WebFilter, PriorityOrdered {

	private final ForwardedPeers peers;

	private final ForwardingHeaders ofClients;

	private final ForwardingHeaders ofProxies;

	/**
	 * Create a filter.
	 * @param peers reads whom proxies speak for
	 * @param ofClients the headers to remove from requests of clients
	 * @param ofProxies the headers to remove from requests of proxies
	 */
	public ForwardedPeerWebFilter(ForwardedPeers peers, ForwardingHeaders ofClients, ForwardingHeaders ofProxies) {
		this.peers = peers;
		this.ofClients = ofClients;
		this.ofProxies = ofProxies;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (ManagementRequests.contain(exchange)) {
			// That port has a gate of its own, or none, and no proxies
			return chain.filter(StrippedExchange.of(exchange, this.ofClients));
		}
		InetAddress address = addressOf(exchange.getRequest());
		if (address == null) {
			return refuse(exchange, new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, "the address is not known"));
		}
		RequestPath path = exchange.getRequest().getPath();
		boolean excluded = this.peers.isExcluded(path.value(), path.contextPath().value());
		List<X509Certificate> certificates = List.of(PeerCertificates.of(exchange.getRequest()));
		return askRevocation(certificates).then(Mono.defer(() -> {
			Verdict<Admission> verdict = this.peers.admitPeer(certificates, address, excluded);
			if (verdict instanceof Verdict.Accepted<Admission> accepted) {
				return accepted.value().isProxy() ? filterForwarded(exchange, chain, address, excluded)
						: chain.filter(StrippedExchange.of(exchange, this.ofClients));
			}
			return refuse(exchange, ((Verdict.Refused<Admission>) verdict).denial());
		}));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private Mono<Void> filterForwarded(ServerWebExchange exchange, WebFilterChain chain, InetAddress proxy,
			boolean excluded) {
		Verdict<ForwardedPeer> read = this.peers.read((name) -> exchange.getRequest().getHeaders().getOrEmpty(name),
				proxy);
		if (read instanceof Verdict.Refused<ForwardedPeer> refused) {
			return refuse(exchange, refused.denial());
		}
		ForwardedPeer client = ((Verdict.Accepted<ForwardedPeer>) read).value();
		return askRevocation(client.chain()).then(Mono.defer(() -> {
			Verdict<LiveConnection> verdict = this.peers.gate()
				.forwarded()
				.connect(client.chain(), client.address(), !excluded, ConnectionOfRequest.of(exchange.getRequest()));
			if (verdict instanceof Verdict.Refused<LiveConnection> refused) {
				return refuse(exchange, refused.denial());
			}
			LiveConnection live = ((Verdict.Accepted<LiveConnection>) verdict).value();
			exchange.getAttributes().put(RequestPeer.FORWARDED_ADDRESS, Optional.ofNullable(client.address()));
			return chain.filter(forwarded(StrippedExchange.of(exchange, this.ofProxies), client))
				.doFinally((signal) -> end(live, exchange));
		}));
	}

	private static void end(LiveConnection live, ServerWebExchange exchange) {
		if (!ConnectionOfRequest.isUpgraded(exchange.getRequest(), exchange.getResponse())) {
			live.closed();
		}
	}

	private Mono<Void> askRevocation(List<X509Certificate> chain) {
		return Mono.fromFuture(() -> gate().askRevocation(chain));
	}

	private Gate gate() {
		return this.peers.gate();
	}

	private static ServerWebExchange forwarded(ServerWebExchange exchange, ForwardedPeer client) {
		return exchange.mutate().request((request) -> {
			request.sslInfo(SslInfo.from("forwarded", client.chain().toArray(X509Certificate[]::new)));
			if (client.address() != null) {
				request.remoteAddress(new InetSocketAddress(client.address(), 0));
			}
		}).build();
	}

	private static @Nullable InetAddress addressOf(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		return (remote != null) ? remote.getAddress() : null;
	}

	private static Mono<Void> refuse(ServerWebExchange exchange, Decision.Deny denial) {
		return ProblemResponse.write(ProblemDocument.of(denial), exchange.getResponse());
	}

}
