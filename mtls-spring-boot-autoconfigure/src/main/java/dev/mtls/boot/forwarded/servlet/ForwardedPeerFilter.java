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
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.servlet.PeerOfRequest;
import dev.mtls.boot.web.servlet.ProblemResponse;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;

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
		Verdict<Served> verdict = admit(request);
		if (verdict instanceof Verdict.Refused<Served> refused) {
			ProblemResponse.write(ProblemDocument.of(refused.denial()), response);
			return;
		}
		Served served = ((Verdict.Accepted<Served>) verdict).value();
		try {
			chain.doFilter(served.request(), response);
		}
		finally {
			if (served.live() != null) {
				end(served.live(), request, response);
			}
		}
	}

	private Verdict<Served> admit(HttpServletRequest request) throws IOException {
		// As it was sent: a filter of the container may believe a forwarded prefix
		HttpServletRequest sent = (HttpServletRequest) PeerOfRequest.innermost(request);
		boolean excluded = this.peers.isExcluded(sent.getRequestURI(), sent.getContextPath());
		List<X509Certificate> chain = List.of(PeerOfRequest.certificates(request));
		InetAddress address = PeerOfRequest.address(request);
		this.peers.gate().askRevocation(chain).join();
		return this.peers.admitPeer(chain, address, excluded)
			.then((peer) -> peer.isProxy() ? admitForwarded(request, address, excluded)
					: Verdict.accepted(new Served(new StrippedRequest(request, this.ofClients), null)));
	}

	private Verdict<Served> admitForwarded(HttpServletRequest request, InetAddress proxy, boolean excluded) {
		Gate gate = this.peers.gate();
		return this.peers.read((name) -> Collections.list(request.getHeaders(name)), proxy).then((client) -> {
			gate.askRevocation(client.chain()).join();
			return gate.forwarded()
				.connect(client.chain(), client.address(), !excluded, PeerOfRequest.connection(request))
				.then((live) -> Verdict
					.accepted(new Served(new ForwardedRequest(request, this.ofProxies, client), live)));
		});
	}

	private static void end(LiveConnection live, HttpServletRequest request, HttpServletResponse response) {
		if (request.isAsyncStarted()) {
			try {
				request.getAsyncContext().addListener(new EndOfRequest(live));
			}
			catch (IllegalStateException ex) {
				// It has just ended on another thread
				live.closed();
			}
		}
		else if (response.getStatus() != HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
			live.closed();
		}
	}

	/**
	 * A request that is served.
	 *
	 * @param request the request as the application sees it
	 * @param live the request as the gate watches it, or {@code null} if it is that of a
	 * client whose connection it watches
	 */
	private record Served(HttpServletRequest request, @Nullable LiveConnection live) {
	}

}
