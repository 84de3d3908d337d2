package dev.mtls.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.MtlsException;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.policy.AuthorityRules;
import dev.mtls.source.Contents;
import dev.mtls.source.Source;
import dev.mtls.trust.Pins;

/**
 * Where the rules of all kinds are.
 *
 * @param networks allowed networks
 * @param peers allowed identities
 * @param pins pinned keys and certificates
 * @param authorities authorities by identity
 */
record RulesLocation(@Nullable RuleLocations networks, @Nullable RuleLocations peers, @Nullable RuleLocations pins,
		@Nullable RuleLocations authorities) {

	List<Source> sources() {
		return Stream.of(this.networks, this.peers, this.pins, this.authorities)
			.filter(Objects::nonNull)
			.flatMap((rules) -> rules.files().stream())
			.distinct()
			.toList();
	}

	Rules parse(Contents contents) {
		return new Rules(new AccessPolicy(networks(contents), peers(contents)),
				(this.pins != null) ? at(this.pins, () -> Pins.parse(this.pins.all(contents))) : Pins.NONE,
				(this.authorities != null)
						? at(this.authorities, () -> AuthorityRules.parse(this.authorities.all(contents)))
						: AuthorityRules.NONE);
	}

	private @Nullable AddressSet networks(Contents contents) {
		if (this.networks == null) {
			return null;
		}
		AddressSet.Builder builder = AddressSet.builder();
		this.networks.forEach(contents, builder::add);
		return builder.build();
	}

	private @Nullable List<IdentityPattern> peers(Contents contents) {
		if (this.peers == null) {
			return null;
		}
		List<IdentityPattern> patterns = new ArrayList<>();
		this.peers.forEach(contents, (rule) -> patterns.add(IdentityPattern.parse(rule)));
		return patterns;
	}

	private static <T> T at(RuleLocations rules, Supplier<T> parser) {
		try {
			return parser.get();
		}
		catch (MtlsException ex) {
			throw ex.at(rules.property());
		}
	}

}
