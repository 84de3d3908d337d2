package dev.mtls.material;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The certificates in which trust begins. There is at least one, and none twice.
 */
public final class TrustMaterial {

	private final String place;

	private final List<X509Certificate> anchors;

	private final Map<String, Set<X509Certificate>> trustDomains;

	private final List<X509Certificate> configuredAnchors;

	private TrustMaterial(String place, Collection<X509Certificate> anchors,
			Map<String, Set<X509Certificate>> trustDomains, Collection<X509Certificate> platformAnchors) {
		this.place = place;
		this.anchors = List.copyOf(new LinkedHashSet<>(anchors));
		this.trustDomains = Map.copyOf(trustDomains);
		Set<X509Certificate> platform = Set.copyOf(platformAnchors);
		this.configuredAnchors = this.anchors.stream().filter((anchor) -> !platform.contains(anchor)).toList();
	}

	/**
	 * Create trust material.
	 * @param place where the anchors are from, for messages
	 * @param anchors the anchors, in which duplicates are dropped
	 * @return the trust material
	 * @throws MtlsException with {@code TRUST_MISSING} when there is no anchor
	 */
	public static TrustMaterial of(String place, Collection<X509Certificate> anchors) {
		if (anchors.isEmpty()) {
			throw new MtlsException(Reason.TRUST_MISSING, place, "It holds no certificate to trust",
					"Give the certificate of the CA that issues the certificates of the peers");
		}
		return new TrustMaterial(place, anchors, Map.of(), List.of());
	}

	/**
	 * Create trust material with anchors for SPIFFE trust domains. Once there are any of
	 * these, an anchor is for the trust domains that it is given for and no other; what
	 * is not about SPIFFE IDs is not concerned.
	 * @param place where the anchors are from, for messages
	 * @param anchors the anchors that are for no trust domain, or for one below as well
	 * @param trustDomains the anchors of each trust domain, of which each may be in
	 * several
	 * @return the trust material
	 * @throws MtlsException with {@code TRUST_MISSING} when there is no anchor, or none
	 * for one of the trust domains
	 */
	public static TrustMaterial of(String place, Collection<X509Certificate> anchors,
			Map<String, ? extends Collection<X509Certificate>> trustDomains) {
		List<X509Certificate> all = new ArrayList<>(anchors);
		Map<String, Set<X509Certificate>> byDomain = new HashMap<>();
		trustDomains.forEach((trustDomain, ofDomain) -> {
			if (ofDomain.isEmpty()) {
				throw new MtlsException(Reason.TRUST_MISSING, "%s, trust domain %s".formatted(place, trustDomain),
						"It holds no certificate to trust",
						"Give the certificate of the CA that issues the certificates of the trust domain");
			}
			all.addAll(ofDomain);
			byDomain.put(trustDomain, Set.copyOf(new LinkedHashSet<>(ofDomain)));
		});
		return new TrustMaterial(place, of(place, all).anchors(), byDomain, List.of());
	}

	/**
	 * The same trust material, of which some anchors are those of the Java platform.
	 * @param platformAnchors the anchors of the platform
	 * @return the trust material
	 */
	public TrustMaterial withPlatformAnchors(Collection<X509Certificate> platformAnchors) {
		return new TrustMaterial(this.place, this.anchors, this.trustDomains, platformAnchors);
	}

	/**
	 * Where the anchors are from.
	 * @return the place, such as {@code mtls.server.trust-certificates=file:/etc/ca}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * The anchors.
	 * @return the anchors, in the order in which they were read
	 */
	public List<X509Certificate> anchors() {
		return this.anchors;
	}

	/**
	 * The anchors that were configured one by one, and that somebody renews in time.
	 * @return {@link #anchors()} without those of the Java platform
	 */
	public List<X509Certificate> configuredAnchors() {
		return this.configuredAnchors;
	}

	/**
	 * The SPIFFE trust domains that have anchors of their own.
	 * @return the anchors of each trust domain; empty if every anchor is for all
	 */
	public Map<String, Set<X509Certificate>> trustDomains() {
		return this.trustDomains;
	}

	/**
	 * The SPIFFE trust domains that have an anchor for their own.
	 * @param anchor the anchor
	 * @return its trust domains
	 */
	public Set<String> trustDomainsOf(X509Certificate anchor) {
		return this.trustDomains.entrySet()
			.stream()
			.filter((trustDomain) -> trustDomain.getValue().contains(anchor))
			.map(Map.Entry::getKey)
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Copy the anchors into a key store in memory, for libraries that want one.
	 * @return a PKCS12 key store with the entries {@code anchor-1}, {@code anchor-2} and
	 * so on
	 */
	public KeyStore toKeyStore() {
		try {
			KeyStore keyStore = KeyStore.getInstance("PKCS12");
			keyStore.load(null, null);
			int number = 0;
			for (X509Certificate anchor : this.anchors) {
				number++;
				keyStore.setCertificateEntry("anchor-" + number, anchor);
			}
			return keyStore;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("Every Java platform has PKCS12 key stores", ex);
		}
	}

	@Override
	public String toString() {
		return "TrustMaterial[%s, %d anchors]".formatted(this.place, this.anchors.size());
	}

}
