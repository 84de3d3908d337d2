package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.trust.RequiredPolicies;

/**
 * Required certificate policies of properties.
 */
final class Policies {

	private Policies() {
	}

	static RequiredPolicies of(String prefix, @Nullable List<String> identifiers) {
		if (identifiers == null) {
			return RequiredPolicies.NONE;
		}
		try {
			return RequiredPolicies.parse(identifiers);
		}
		catch (MtlsException ex) {
			throw ex.at(prefix + ".required-policies");
		}
	}

}
