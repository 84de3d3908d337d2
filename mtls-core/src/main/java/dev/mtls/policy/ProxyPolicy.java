package dev.mtls.policy;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.address.AddressText;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;

/**
 * Who is a proxy, which speaks for clients and is none itself. A proxy is known by its
 * own certificate, or, where it cannot have one, by its address alone.
 *
 * @param proxies who proxies are
 * @param networks where proxies connect from, or {@code null} if that is not configured
 * and they may wherever clients may
 * @param byAddress whether whoever connects from there without a certificate is a proxy
 */
public record ProxyPolicy(List<IdentityPattern> proxies, @Nullable AddressSet networks, boolean byAddress) {

	/**
	 * Nobody is a proxy.
	 */
	public static final ProxyPolicy NONE = new ProxyPolicy(List.of(), null, false);

	/**
	 * Create a policy.
	 * @throws MtlsException with {@link Reason#RULES_EMPTY} if networks are given but
	 * hold nothing
	 */
	public ProxyPolicy {
		proxies = List.copyOf(proxies);
		if (networks != null && networks.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, "proxy networks", "It is configured but holds no network",
					"Add a network, or remove the property");
		}
	}

	/**
	 * The rule by which a peer whose certificate is trusted is a proxy.
	 * @param peer the identity
	 * @param trustDomains the SPIFFE trust domains that the peer's anchor is for, or
	 * {@code null} if it is for all
	 * @return the rule, or {@code null} if the peer is none
	 */
	public @Nullable IdentityPattern ruleFor(PeerIdentity peer, @Nullable Set<String> trustDomains) {
		for (IdentityPattern rule : this.proxies) {
			if (rule.matches(peer) && TrustDomains.allow(rule, trustDomains)) {
				return rule;
			}
		}
		return null;
	}

	/**
	 * Decide about the address of a proxy.
	 * @param address the address of its end of the connection
	 * @param access the rules about peers, which count where there are none about the
	 * networks of proxies
	 * @return {@code Allow}, or {@code Deny} with {@link Reason#ADDRESS_NOT_ALLOWED}
	 */
	public Decision admitAddress(InetAddress address, AccessPolicy access) {
		if (this.networks == null) {
			return access.admitAddress(address);
		}
		return isIn(address) ? new Decision.Allow("proxy networks") : new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED,
				AddressText.of(address) + " is in no network of proxies");
	}

	/**
	 * Whether a peer without certificate is a proxy.
	 * @param address the address of its end of the connection, or {@code null} where the
	 * stack does not tell
	 * @return whether its address says so
	 */
	public boolean isProxy(@Nullable InetAddress address) {
		return this.byAddress && address != null && isIn(address);
	}

	/**
	 * Whether an address is one from which only proxies need to connect.
	 * @param address the address
	 * @return whether it is in the networks of proxies
	 */
	public boolean isIn(InetAddress address) {
		return this.networks != null && this.networks.contains(address);
	}

	/**
	 * The SPIFFE trust domains that the rules are about.
	 * @return the trust domains
	 */
	public Set<String> trustDomains() {
		return TrustDomains.of(this.proxies.stream());
	}

}
