package dev.mtls.boot.forwarded;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;

/**
 * Reads the clients for which the proxies before a server speak.
 */
public final class ForwardedPeers {

	private final Gate gate;

	private final ForwardedChain chain;

	private final ForwardedAddress address;

	private final ExcludedPaths excludedPaths;

	/**
	 * Read requests of proxies.
	 * @param gate is told what cannot be read
	 * @param chain reads certificates
	 * @param address reads addresses
	 * @param excludedPaths if there are any, the paths that alone need no certificate
	 */
	public ForwardedPeers(Gate gate, ForwardedChain chain, ForwardedAddress address, ExcludedPaths excludedPaths) {
		this.gate = gate;
		this.chain = chain;
		this.address = address;
		this.excludedPaths = excludedPaths;
	}

	/**
	 * The gate that decides.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	/**
	 * Decide who sent a request, and whether it needs a certificate.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address
	 * @param excluded whether the path is one that needs no certificate
	 * @return the admission, of a proxy perhaps, or the denial
	 */
	public Verdict<Admission> admitPeer(List<X509Certificate> chain, InetAddress address, boolean excluded) {
		return this.gate.forwarded().admitPeer(chain, address, !excluded && !this.excludedPaths.isEmpty());
	}

	/**
	 * Whether a path may be asked for without a certificate.
	 * @param path the path as it was sent
	 * @param contextPath the context path, empty if there is none
	 * @return whether it may
	 */
	public boolean isExcluded(String path, String contextPath) {
		return this.excludedPaths.contains(path, contextPath);
	}

	/**
	 * Read the client of a request that a proxy sent. Whether it needs a certificate is
	 * decided by the gate.
	 * @param fields the fields of the request
	 * @param proxy the address of the proxy
	 * @return the client, of which nothing is verified and no certificate may have been
	 * forwarded, or the denial, which has been told
	 */
	public Verdict<ForwardedPeer> read(RequestFields fields, InetAddress proxy) {
		Verdict<ForwardedPeer> verdict = readChain(fields).then((certificates) -> this.address.read(fields)
			.then((client) -> Verdict.accepted(new ForwardedPeer(certificates, client.orElse(null)))));
		if (verdict instanceof Verdict.Refused<ForwardedPeer> refused) {
			this.gate.forwarded().failed(proxy, refused.denial());
		}
		return verdict;
	}

	private Verdict<List<X509Certificate>> readChain(RequestFields fields) {
		Verdict<List<X509Certificate>> verdict = this.chain.read(fields);
		boolean missing = verdict instanceof Verdict.Refused<List<X509Certificate>> refused
				&& refused.denial().reason() == Reason.CERTIFICATE_MISSING;
		return missing ? Verdict.accepted(List.of()) : verdict;
	}

}
