package dev.mtls.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.forwarded.AddressHeader;
import dev.mtls.boot.forwarded.ForwardedAddress;
import dev.mtls.boot.forwarded.ForwardedChain;
import dev.mtls.boot.forwarded.ForwardedFormat;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.ProxyPolicy;

/**
 * Which proxies may forward the certificate and address of a client.
 *
 * @param format Format in which proxies forward a certificate. Nothing is believed if not
 * set.
 * @param header Name of the header, where the configuration of the proxy chooses it.
 * X-Client-Cert if not set.
 * @param addressHeader Header in which proxies tell the address of the client.
 * @param trust By what a proxy is known.
 * @param proxies Identity patterns of the proxies' own certificates.
 * @param proxyNetworks Networks in CIDR notation from which proxies connect. Where
 * clients may connect from if not set.
 */
record ForwardedProperties(@Nullable ForwardedFormat format, @Nullable String header,
		@DefaultValue("x-forwarded-for") AddressHeader addressHeader, @DefaultValue("identity") Trust trust,
		@Nullable List<String> proxies, @Nullable List<String> proxyNetworks) {

	private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}";

	/**
	 * Check every key.
	 * @param prefix the prefix of the keys
	 * @return who is a proxy
	 */
	ProxyPolicy policy(String prefix) {
		checkFormat(prefix);
		AddressSet networks = (this.proxyNetworks != null) ? Networks.of(prefix + ".proxy-networks", this.proxyNetworks)
				: null;
		if (this.trust == Trust.IDENTITY) {
			return new ProxyPolicy(patterns(prefix), networks, false);
		}
		checkTrustByAddress(prefix);
		return new ProxyPolicy(List.of(), networks, true);
	}

	ForwardedChain chain() {
		return ForwardedChain.of(requiredFormat(MtlsServerProperties.PREFIX + ".forwarded"), this.header);
	}

	ForwardedAddress address(ProxyPolicy policy) {
		return new ForwardedAddress(this.addressHeader, policy::isIn);
	}

	private ForwardedFormat requiredFormat(String prefix) {
		if (this.format == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".format",
					"it is not set, so that the rest of %s has no effect".formatted(prefix),
					"set it to rfc9440, envoy, nginx, traefik or aws-alb");
		}
		return this.format;
	}

	private void checkFormat(String prefix) {
		ForwardedFormat required = requiredFormat(prefix);
		if (this.header == null) {
			return;
		}
		String place = "%s.header=%s".formatted(prefix, this.header);
		if (required.defaultHeader() == null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, place, "the header of this format has a fixed name",
					"remove it, or set format=nginx");
		}
		if (!this.header.matches(TOKEN)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "it is no name of a header",
					"set a name such as X-Client-Cert");
		}
	}

	private void checkTrustByAddress(String prefix) {
		String place = prefix + ".trust=address";
		if (this.format != ForwardedFormat.AWS_ALB) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, place,
					"an address proves less than a certificate, and only an AWS load balancer has none",
					"set trust=identity and the identities of the proxies, or format=aws-alb");
		}
		if (this.proxies != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, prefix + ".proxies",
					"a proxy is known by its address alone", "remove it, or set trust=identity");
		}
		if (this.proxyNetworks == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".proxy-networks",
					"it is not set, so that nobody is a proxy", "set the networks of the load balancer");
		}
	}

	private List<IdentityPattern> patterns(String prefix) {
		String place = prefix + ".proxies";
		if (this.proxies == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "it is not set, so that nobody is a proxy",
					"set the identities of the proxies, such as dns:proxy.example.com");
		}
		List<IdentityPattern> patterns = new ArrayList<>();
		parse(place, this.proxies, (rule) -> patterns.add(IdentityPattern.parse(rule)));
		return patterns;
	}

	private static void parse(String place, List<String> rules, Consumer<String> parser) {
		if (rules.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, place, "it is set but holds no rule",
					"add a rule, or remove the property");
		}
		try {
			rules.forEach((rule) -> parser.accept(rule.strip()));
		}
		catch (MtlsException ex) {
			throw ex.at(place);
		}
	}

	/**
	 * By what a proxy is known.
	 */
	enum Trust {

		/**
		 * By the certificate that it presents itself.
		 */
		IDENTITY,

		/**
		 * By the address that it connects from, for a load balancer that presents no
		 * certificate.
		 */
		ADDRESS

	}

}
