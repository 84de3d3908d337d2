package dev.mtls.gate;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.SpiffeId;
import dev.mtls.material.PemMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.source.Contents;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

/**
 * Where the trust anchors are.
 *
 * @param prefix the prefix of the properties
 * @param certificates where those are that are not for a SPIFFE trust domain
 * @param store where more of them are
 * @param trustDomains where those of each SPIFFE trust domain are
 */
record TrustLocation(String prefix, List<Source> certificates, @Nullable StoreLocation store,
		Map<String, List<Source>> trustDomains) {

	static TrustLocation of(String prefix, @Nullable List<String> certificates, boolean systemTrust,
			@Nullable StoreLocation store, Map<String, List<String>> trustDomains) {
		List<Source> sources = (certificates != null)
				? sources(prefix + ".trust-certificates", certificates, systemTrust) : List.of();
		Map<String, List<Source>> ofDomains = new TreeMap<>();
		trustDomains.forEach((trustDomain, locations) -> ofDomains.put(trustDomain,
				sources(trustDomainProperty(prefix, trustDomain), locations, false)));
		return new TrustLocation(prefix, sources, store, ofDomains);
	}

	boolean isEmpty() {
		return this.certificates.isEmpty() && this.store == null && this.trustDomains.isEmpty();
	}

	List<Source> sources() {
		List<Source> sources = new ArrayList<>(this.certificates);
		if (this.store != null) {
			sources.add(this.store.source());
		}
		this.trustDomains.values().forEach(sources::addAll);
		return sources;
	}

	TrustMaterial parse(Contents contents) {
		List<X509Certificate> platformAnchors = certificates(
				this.certificates.stream().filter(SystemTrustSource.class::isInstance).toList(), contents);
		List<X509Certificate> anchors = certificates(this.certificates, contents);
		if (this.store != null) {
			anchors.addAll(this.store.load(contents).trustMaterial().anchors());
		}
		if (anchors.isEmpty() && this.trustDomains.isEmpty()) {
			throw missing(this.prefix);
		}
		Map<String, List<X509Certificate>> ofDomains = new TreeMap<>();
		this.trustDomains.forEach((trustDomain, sources) -> ofDomains.put(trustDomain,
				TrustMaterial.of(trustDomainProperty(this.prefix, trustDomain), certificates(sources, contents))
					.anchors()));
		return TrustMaterial.of(this.prefix, anchors, ofDomains).withPlatformAnchors(platformAnchors);
	}

	private static List<Source> sources(String property, List<String> locations, boolean systemTrust) {
		return locations.stream().map((location) -> source(property, location, systemTrust)).toList();
	}

	private static Source source(String property, String location, boolean systemTrust) {
		if (!location.strip().equals(SystemTrustSource.LOCATION)) {
			return Source.ofMany(property, location);
		}
		if (!systemTrust) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, property + "=" + location.strip(),
					"the authorities of the Java platform issue certificates to everybody, so only clients may trust them",
					"name the CA that issues your peers' certificates, such as file:/etc/tls/ca.crt");
		}
		return new SystemTrustSource(property);
	}

	private static List<X509Certificate> certificates(List<Source> sources, Contents contents) {
		List<X509Certificate> certificates = new ArrayList<>();
		for (Source source : sources) {
			for (Document document : contents.of(source)) {
				certificates.addAll(PemMaterial.certificates(document));
			}
		}
		return certificates;
	}

	private static String trustDomainProperty(String prefix, String trustDomain) {
		try {
			return "%s.trust-domains[%s].trust-certificates".formatted(prefix,
					new SpiffeId(trustDomain, "").trustDomain());
		}
		catch (IllegalArgumentException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.trust-domains[%s]".formatted(prefix, trustDomain),
					String.valueOf(ex.getMessage()),
					"write the trust domain as SPIFFE IDs hold it, in brackets, such as [example.org]", ex);
		}
	}

	static MtlsException missing(String prefix) {
		return new MtlsException(Reason.TRUST_MISSING, prefix + ".trust-certificates",
				"no trust anchor is configured, so no peer could be told from another",
				"set it to the certificate of the CA that issues your peers' certificates, such as file:/etc/tls/ca.crt");
	}

}
