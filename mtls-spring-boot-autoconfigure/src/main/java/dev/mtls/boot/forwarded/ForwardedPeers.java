package dev.mtls.boot.forwarded;

import java.net.InetAddress;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;

/**
 * Reads the clients for which the proxies before a server speak.
 */
public final class ForwardedPeers {

	private final Gate gate;

	private final ForwardedChain chain;

	private final ForwardedAddress address;

	/**
	 * Read requests of proxies.
	 * @param gate is told what cannot be read
	 * @param chain reads certificates
	 * @param address reads addresses
	 */
	public ForwardedPeers(Gate gate, ForwardedChain chain, ForwardedAddress address) {
		this.gate = gate;
		this.chain = chain;
		this.address = address;
	}

	/**
	 * The gate that decides.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	/**
	 * Read the client of a request that a proxy sent.
	 * @param fields the fields of the request
	 * @param proxy the address of the proxy
	 * @return the client, of which nothing is verified, or the denial, which has been
	 * told
	 */
	public Verdict<ForwardedPeer> read(RequestFields fields, InetAddress proxy) {
		Verdict<ForwardedPeer> verdict = this.chain.read(fields)
			.then((certificates) -> this.address.read(fields)
				.then((client) -> Verdict.accepted(new ForwardedPeer(certificates, client.orElse(null)))));
		if (verdict instanceof Verdict.Refused<ForwardedPeer> refused) {
			this.gate.forwardingFailed(proxy, refused.denial());
		}
		return verdict;
	}

}
