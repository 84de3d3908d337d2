package dev.mtls.boot.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.trust.VerifiedPeer;

/**
 * Decides whether a request is served by a handler with a {@link RequireClientCert}, and
 * tells refusals.
 */
public final class ClientCertCheck {

	private final ClientCertRequirements requirements;

	private final @Nullable Gate gate;

	/**
	 * Create a check.
	 * @param requirements what handlers require
	 * @param gate the gate of the server, or {@code null} if there is none, and whatever
	 * certificates a request comes with are trusted
	 */
	public ClientCertCheck(ClientCertRequirements requirements, @Nullable Gate gate) {
		this.requirements = requirements;
		this.gate = gate;
	}

	/**
	 * Whether there is anything to decide about a handler.
	 * @param handler the handler
	 * @return whether it has a requirement
	 */
	public boolean concerns(Object handler) {
		return this.requirements.exist(handler);
	}

	/**
	 * Check that it is known which anchor may vouch for which SPIFFE trust domain of the
	 * requirements that were looked at.
	 * @throws MtlsException if they and the rules of the gate are about several trust
	 * domains, and any of several anchors could vouch for each
	 */
	public void checkTrustDomains() {
		if (this.gate != null) {
			this.gate.rules()
				.check(this.gate.snapshot().trust(), this.gate.settings().proxies(), this.requirements.trustDomains());
		}
	}

	/**
	 * Decide about a request.
	 * @param handler the handler that the request is for
	 * @param peer the peer of the request
	 * @return the denial, or {@code null} if the request is served
	 */
	public Decision.@Nullable Deny check(Object handler, RequestPeer peer) {
		return checkAny(List.of(handler), peer);
	}

	/**
	 * Decide about a request that tells of several handlers, such as with which methods a
	 * path can be requested: it is served to whom one of them serves.
	 * @param handlers the handlers
	 * @param peer the peer of the request
	 * @return the denial, or {@code null} if the request is served
	 */
	public Decision.@Nullable Deny checkAny(Collection<?> handlers, RequestPeer peer) {
		List<ClientCertRequirement> all = new ArrayList<>();
		for (Object handler : handlers) {
			ClientCertRequirement requirement = this.requirements.of(handler);
			if (requirement == null) {
				return null;
			}
			all.add(requirement);
		}
		if (peer.chain().isEmpty()) {
			return refuse(peer, null, new Decision.Deny(Reason.CERTIFICATE_MISSING, "the request needs a certificate"));
		}
		return (this.gate != null) ? check(all, peer, this.gate) : checkTrusted(all, peer);
	}

	// Who the peer is and what may vouch for it is what the gate says now. The address
	// was
	// decided on before
	private Decision.@Nullable Deny check(List<ClientCertRequirement> all, RequestPeer peer, Gate current) {
		Verdict<Admission> verdict = current.admitRequest(peer.chain(), null);
		if (verdict instanceof Verdict.Refused<Admission> refused) {
			return refused.denial();
		}
		VerifiedPeer verified = ((Verdict.Accepted<Admission>) verdict).value().peer();
		return (verified != null) ? check(all, peer, verified.identity(), verified.path().trustDomains())
				: refuse(peer, null, new Decision.Deny(Reason.CERTIFICATE_MISSING, "the peer is anonymous"));
	}

	private Decision.@Nullable Deny checkTrusted(List<ClientCertRequirement> all, RequestPeer peer) {
		try {
			return check(all, peer, peer.requiredIdentity(), null);
		}
		catch (MtlsException ex) {
			return refuse(peer, null, new Decision.Deny(ex.reason(), ex.problem()));
		}
	}

	private Decision.@Nullable Deny check(List<ClientCertRequirement> all, RequestPeer peer, PeerIdentity identity,
			@Nullable Set<String> trustDomains) {
		Decision.Deny denial = null;
		for (ClientCertRequirement requirement : all) {
			denial = requirement.check(identity, trustDomains);
			if (denial == null) {
				return null;
			}
		}
		return (denial != null) ? refuse(peer, identity, denial) : null;
	}

	private Decision.Deny refuse(RequestPeer peer, @Nullable PeerIdentity identity, Decision.Deny denial) {
		if (this.gate != null) {
			this.gate.requestRefused(peer.address(), identity, denial);
		}
		return denial;
	}

}
