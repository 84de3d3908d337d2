package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;

/**
 * The clients for which proxies speak at a {@link Gate}. Each is admitted at each of its
 * requests, because the connection is that of the proxy, and known for as long as the
 * request lasts.
 */
public final class ForwardedClients {

	private final Gate gate;

	private final GateEvents events;

	private final Set<LiveConnection> live = ConcurrentHashMap.newKeySet();

	ForwardedClients(Gate gate, GateEvents events) {
		this.gate = gate;
		this.events = events;
	}

	/**
	 * Decide whether a request of a peer is served, where the peer may be a proxy. To be
	 * asked at each request; it tells refusals only.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address
	 * @param certificateRequired whether a client needs a certificate for the request
	 * although its connection does not
	 * @return the admission, of a {@linkplain Admission#isProxy() proxy} perhaps, or the
	 * denial, one that was deferred included
	 */
	public Verdict<Admission> admitPeer(List<X509Certificate> chain, InetAddress address, boolean certificateRequired) {
		return this.gate.readmitOrTell(chain, address).then((admission) -> {
			if (admission.isProxy()) {
				return Verdict.accepted(admission);
			}
			return (certificateRequired && chain.isEmpty())
					? new Verdict.Refused<>(this.gate.certificateMissing(address)) : served(admission);
		});
	}

	/**
	 * Decide whether a request is served that a proxy sends for a client, and watch it
	 * from then on: it is cut as soon as its client is no longer admitted. To be asked at
	 * each request of a peer whose admission is that of a proxy; it tells refusals only.
	 * @param chain the chain that the proxy forwarded, the client's own certificate
	 * first; empty if it forwarded none
	 * @param address the client's address as the proxy told it, or {@code null} if it did
	 * not
	 * @param certificateRequired whether the client needs a certificate for the request;
	 * it always does where the gate requires one
	 * @param carrier the connection of the proxy, which is closed when the client is no
	 * longer admitted while the request lasts, or {@code null} where the stack does not
	 * tell
	 * @return the request, whose end has to be told to it unless it is that of the
	 * connection, or the denial
	 */
	public Verdict<LiveConnection> connect(List<X509Certificate> chain, @Nullable InetAddress address,
			boolean certificateRequired, @Nullable LiveConnection carrier) {
		Supplier<Verdict<Admission>> admitter = () -> this.gate.readmitForwarded(chain, address, certificateRequired)
			.then(ForwardedClients::served);
		Verdict<Admission> verdict = admitter.get();
		if (verdict instanceof Verdict.Refused<Admission> refused) {
			this.events.refused(address, this.gate.identityOf(chain, refused.denial()), refused.denial());
			return new Verdict.Refused<>(refused.denial());
		}
		Admission admission = ((Verdict.Accepted<Admission>) verdict).value();
		if (admission.reported() != null) {
			// There is no connection of this client at which it would have been told
			this.events.admitted(address, admission, null);
		}
		return watch(new LiveConnection(this.gate, address, admission, admitter, carrier));
	}

	/**
	 * Tell that what a proxy forwarded cannot be read, which no mode softens.
	 * @param address the client's address as the proxy told it, or that of the proxy
	 * @param denial why
	 */
	public void failed(@Nullable InetAddress address, Decision.Deny denial) {
		this.events.refused(address, null, denial);
	}

	/**
	 * The requests that last.
	 * @return a view that changes as they come and go
	 */
	public Collection<LiveConnection> live() {
		return Collections.unmodifiableSet(this.live);
	}

	void remove(LiveConnection request) {
		this.live.remove(request);
	}

	void walk() {
		this.live.forEach((request) -> {
			if (!request.isCarried()) {
				request.closed();
			}
			else {
				request.isAdmitted();
			}
		});
	}

	private Verdict<LiveConnection> watch(LiveConnection request) {
		this.live.add(request);
		// A change between the admission and its being known to walks was missed
		request.isAdmitted();
		Decision.Deny denial = request.denial();
		return (denial != null) ? new Verdict.Refused<>(denial) : Verdict.accepted(request);
	}

	private static Verdict<Admission> served(Admission admission) {
		Decision.Deny deferred = admission.deferred();
		return (deferred != null) ? new Verdict.Refused<>(deferred) : Verdict.accepted(admission);
	}

}
