package dev.mtls.boot.forwarded.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.servlet.PeerOfRequest;
import dev.mtls.boot.web.servlet.ProblemResponse;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;

/**
 * Asks the gate at each request who the client is: the peer of the connection, or
 * somebody for whom it speaks as a proxy. It has to come before every other filter, and
 * in every dispatch, as {@link ForwardingHeaderFilter} has, whose place it takes.
 */
public final class ForwardedPeerFilter extends HttpFilter {

	private final transient ForwardedPeers peers;

	private final transient ForwardingHeaders ofClients;

	private final transient ForwardingHeaders ofProxies;

	/**
	 * Create a filter.
	 * @param peers reads whom proxies speak for
	 * @param ofClients the headers to remove from requests of clients
	 * @param ofProxies the headers to remove from requests of proxies
	 */
	public ForwardedPeerFilter(ForwardedPeers peers, ForwardingHeaders ofClients, ForwardingHeaders ofProxies) {
		this.peers = peers;
		this.ofClients = ofClients;
		this.ofProxies = ofProxies;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (StrippedRequest.isIn(request)) {
			chain.doFilter(request, response);
			return;
		}
		Verdict<HttpServletRequest> verdict = admit(request);
		if (verdict instanceof Verdict.Refused<HttpServletRequest> refused) {
			ProblemResponse.write(ProblemDocument.of(refused.denial()), response);
			return;
		}
		chain.doFilter(((Verdict.Accepted<HttpServletRequest>) verdict).value(), response);
	}

	private Verdict<HttpServletRequest> admit(HttpServletRequest request) throws IOException {
		Gate gate = this.peers.gate();
		List<X509Certificate> chain = List.of(PeerOfRequest.certificates(request));
		InetAddress address = PeerOfRequest.address(request);
		gate.askRevocation(chain).join();
		return gate.admitRequest(chain, address)
			.then((peer) -> peer.isProxy() ? admitForwarded(request, address)
					: Verdict.accepted(new StrippedRequest(request, this.ofClients)));
	}

	private Verdict<HttpServletRequest> admitForwarded(HttpServletRequest request, InetAddress proxy) {
		Gate gate = this.peers.gate();
		return this.peers.read((name) -> Collections.list(request.getHeaders(name)), proxy).then((client) -> {
			gate.askRevocation(client.chain()).join();
			return gate.admitForwarded(client.chain(), client.address())
				.then((admission) -> Verdict.accepted(new ForwardedRequest(request, this.ofProxies, client)));
		});
	}

}
