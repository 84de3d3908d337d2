package dev.mtls.boot.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.revocation.RevocationPolicy;

/**
 * Where to learn whether a certificate is revoked.
 *
 * @param crls Locations of CRLs as DER or PEM: files, globs, and http or https addresses.
 * @param useDistributionPoints Whether to fetch CRLs from where certificates say they
 * are.
 * @param ocsp OCSP.
 * @param mode What follows where it is not known whether a certificate is revoked.
 * Hard-fail if not set.
 * @param scope Of which certificates of a path it must be known. Chain if not set.
 * @param maxAge How old a CRL may become, even if its nextUpdate is later.
 */
record RevocationProperties(@Nullable List<String> crls, @DefaultValue("false") boolean useDistributionPoints,
		@NestedConfigurationProperty @DefaultValue OcspProperties ocsp, RevocationPolicy.@Nullable Mode mode,
		RevocationPolicy.@Nullable Scope scope, @Nullable Duration maxAge) {

	RevocationPolicy policy(String prefix) {
		if (this.crls != null && this.crls.isEmpty()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".crls", "it is set but empty",
					"name at least one CRL, or remove the property");
		}
		RevocationPolicy policy = new RevocationPolicy(
				(this.mode != null) ? this.mode : RevocationPolicy.Mode.HARD_FAIL,
				(this.scope != null) ? this.scope : RevocationPolicy.Scope.CHAIN, maxAge(prefix), this.crls != null,
				addresses(prefix), this.useDistributionPoints, this.ocsp.policy(prefix + ".ocsp"));
		if (!policy.isOn() && (this.mode != null || this.scope != null || this.maxAge != null)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix,
					"nothing says where to learn whether a certificate is revoked, so that none would be refused",
					"set crls, use-distribution-points=true or ocsp.enabled=true");
		}
		return policy;
	}

	/**
	 * The locations of CRLs that are read with all other material.
	 * @return the locations that are no addresses, or {@code null} if there is none
	 */
	@Nullable List<String> files() {
		return (this.crls != null) ? this.crls.stream().filter((location) -> !isAddress(location)).toList() : null;
	}

	private List<URI> addresses(String prefix) {
		return (this.crls != null) ? this.crls.stream()
			.filter(RevocationProperties::isAddress)
			.map((location) -> address(prefix + ".crls", location))
			.toList() : List.of();
	}

	private @Nullable Duration maxAge(String prefix) {
		if (this.maxAge != null && (this.maxAge.isNegative() || this.maxAge.isZero())) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.max-age=%s".formatted(prefix, this.maxAge),
					"it is not positive", "set a duration such as 24h");
		}
		return this.maxAge;
	}

	private static boolean isAddress(String location) {
		String lower = location.strip().toLowerCase(Locale.ROOT);
		return lower.startsWith("http:") || lower.startsWith("https:");
	}

	static URI address(String property, String text) {
		try {
			URI uri = new URI(text.strip());
			if (isAddress(text) && uri.getHost() != null && uri.getRawUserInfo() == null) {
				return uri;
			}
		}
		catch (URISyntaxException ex) {
			// Said below, without the text, which may hold a password
		}
		throw new MtlsException(Reason.CONFIGURATION_INVALID, property,
				"an address in it is not of the form http://host/path or https://host/path",
				"correct it, without a user name or password");
	}

	/**
	 * OCSP.
	 *
	 * @param enabled Whether to ask OCSP responders.
	 * @param responder Address of the responder for all certificates. Those that each
	 * certificate names if not set.
	 * @param requireNonce Whether to refuse an answer without the nonce of the request.
	 * @param timeout Time that an answer may take, and a peer is kept waiting for it.
	 */
	record OcspProperties(@DefaultValue("false") boolean enabled, @Nullable String responder,
			@DefaultValue("false") boolean requireNonce, @DefaultValue("2s") Duration timeout) {

		RevocationPolicy.@Nullable OcspPolicy policy(String prefix) {
			if (!this.enabled) {
				if (this.responder != null) {
					throw new MtlsException(Reason.CONFIGURATION_CONFLICT, prefix + ".responder",
							"OCSP is not enabled, so that it would never be asked",
							"set %s.enabled=true, or remove it".formatted(prefix));
				}
				return null;
			}
			if (this.timeout.isNegative() || this.timeout.isZero()) {
				throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.timeout=%s".formatted(prefix, this.timeout),
						"it is not positive", "set a duration such as 2s");
			}
			return new RevocationPolicy.OcspPolicy(
					(this.responder != null) ? address(prefix + ".responder", this.responder) : null, this.requireNonce,
					this.timeout);
		}

	}

}
