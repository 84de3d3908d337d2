package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Trust of one SPIFFE trust domain.
 *
 * @param trustCertificates Locations of trust anchors as PEM: files, directories or
 * globs.
 */
record TrustDomainProperties(@DefaultValue List<String> trustCertificates) {

	static Map<String, List<String>> locations(Map<String, TrustDomainProperties> trustDomains) {
		Map<String, List<String>> locations = new TreeMap<>();
		trustDomains.forEach((name, trustDomain) -> locations.put(name, trustDomain.trustCertificates()));
		return locations;
	}

}
