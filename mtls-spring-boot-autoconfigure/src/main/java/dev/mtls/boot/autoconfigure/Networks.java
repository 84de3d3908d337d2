package dev.mtls.boot.autoconfigure;

import java.util.List;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Parses networks that are no rules about clients, and not watched.
 */
final class Networks {

	private Networks() {
	}

	/**
	 * Parse networks.
	 * @param place the property they come from, for messages
	 * @param networks addresses and networks in CIDR notation
	 * @return the networks
	 */
	static AddressSet of(String place, List<String> networks) {
		if (networks.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, place, "it is set but holds no network",
					"add a network, or remove the property");
		}
		AddressSet.Builder builder = AddressSet.builder();
		try {
			networks.forEach((network) -> builder.add(network.strip()));
		}
		catch (MtlsException ex) {
			throw ex.at(place);
		}
		return builder.build();
	}

}
