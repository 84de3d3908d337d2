package dev.mtls.policy;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.address.AddressText;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;

/**
 * The rules about peers of one side. Any rule of a kind allows, and no match denies; a
 * peer must be admitted by both kinds.
 *
 * @param allowedNetworks where peers may connect from, or {@code null} if that is not
 * configured and any address may
 * @param allowedPeers who peers may be, or {@code null} if that is not configured and any
 * trusted certificate may
 */
public record AccessPolicy(@Nullable AddressSet allowedNetworks, @Nullable List<IdentityPattern> allowedPeers) {

	private static final int MAX_LISTED = 10;

	private static final int MAX_NAME_LENGTH = 256;

	// Addresses are asked for each connection that is accepted, so their answer is ready
	private static final Decision ANY_ADDRESS = new Decision.Allow("any address");

	private static final Decision LISTED_ADDRESS = new Decision.Allow("allowed networks");

	private static final Decision ANY_IDENTITY = new Decision.Allow("any trusted certificate");

	/**
	 * Create a policy.
	 * @throws MtlsException with {@link Reason#RULES_EMPTY} if rules are given but hold
	 * nothing, which would deny everybody and is hardly meant
	 */
	public AccessPolicy {
		if (allowedNetworks != null && allowedNetworks.isEmpty()) {
			throw empty("allowed networks", "Add a network, or remove the property to allow any address");
		}
		if (allowedPeers != null) {
			if (allowedPeers.isEmpty()) {
				throw empty("allowed peers", "Add a rule, or remove the property to allow any trusted certificate");
			}
			allowedPeers = List.copyOf(allowedPeers);
		}
	}

	/**
	 * Decide about the address of a peer.
	 * @param address the address of the peer's end of the connection
	 * @return {@code Allow}, or {@code Deny} with {@link Reason#ADDRESS_NOT_ALLOWED}
	 */
	public Decision admitAddress(InetAddress address) {
		if (this.allowedNetworks == null) {
			return ANY_ADDRESS;
		}
		if (this.allowedNetworks.contains(address)) {
			return LISTED_ADDRESS;
		}
		return new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, AddressText.of(address) + " is in no allowed network");
	}

	/**
	 * Decide about the identity of a peer whose certificate is trusted, where every
	 * anchor is for all SPIFFE trust domains.
	 * @param peer the identity
	 * @return {@code Allow} with the first rule that matches, or {@code Deny} with
	 * {@link Reason#IDENTITY_NOT_ALLOWED}
	 */
	public Decision admitIdentity(PeerIdentity peer) {
		return admitIdentity(peer, null);
	}

	/**
	 * Decide about the identity of a peer whose certificate is trusted.
	 * @param peer the identity
	 * @param trustDomains the SPIFFE trust domains that the peer's anchor is for, or
	 * {@code null} if it is for all
	 * @return {@code Allow} with the first rule that matches, or {@code Deny} with
	 * {@link Reason#IDENTITY_NOT_ALLOWED}
	 */
	public Decision admitIdentity(PeerIdentity peer, @Nullable Set<String> trustDomains) {
		if (this.allowedPeers == null) {
			return ANY_IDENTITY;
		}
		boolean foreign = false;
		for (IdentityPattern rule : this.allowedPeers) {
			if (rule.matches(peer)) {
				if (TrustDomains.allow(rule, trustDomains)) {
					return new Decision.Allow(rule.toString());
				}
				foreign = true;
			}
		}
		return new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED,
				"presented %s%s, allowed are %s".formatted(shortName(peer),
						foreign ? " through an anchor that is not one of its trust domain" : "",
						listed(this.allowedPeers)));
	}

	/**
	 * The SPIFFE trust domains that the rules are about.
	 * @return the trust domains
	 */
	public Set<String> trustDomains() {
		return (this.allowedPeers != null) ? TrustDomains.of(this.allowedPeers.stream()) : Set.of();
	}

	private static String shortName(PeerIdentity peer) {
		String name = peer.displayName();
		return (name.length() > MAX_NAME_LENGTH) ? name.substring(0, MAX_NAME_LENGTH) + "…" : name;
	}

	private static String listed(List<IdentityPattern> rules) {
		String listed = rules.stream().limit(MAX_LISTED).map(Object::toString).collect(Collectors.joining(", "));
		return (rules.size() > MAX_LISTED) ? "%s and %d more".formatted(listed, rules.size() - MAX_LISTED) : listed;
	}

	private static MtlsException empty(String place, String fix) {
		return new MtlsException(Reason.RULES_EMPTY, place, "It is configured but holds no rule", fix);
	}

}
