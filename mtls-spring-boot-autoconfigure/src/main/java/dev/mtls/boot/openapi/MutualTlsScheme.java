package dev.mtls.boot.openapi;

import java.util.ArrayList;
import java.util.List;

import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.jspecify.annotations.Nullable;

/**
 * The security scheme of client certificates. It is needed besides whatever else is: the
 * requirements in a list are alternatives, and the schemes within one all have to hold.
 */
final class MutualTlsScheme {

	static final String NAME = "mutualTLS";

	private MutualTlsScheme() {
	}

	static SecurityScheme create() {
		return new SecurityScheme().type(SecurityScheme.Type.MUTUALTLS)
			.description("A client certificate (RFC 8446, section 4.4.2)");
	}

	static List<SecurityRequirement> addTo(@Nullable List<SecurityRequirement> requirements) {
		List<SecurityRequirement> added = new ArrayList<>();
		for (SecurityRequirement requirement : removeFrom(requirements)) {
			added.add(copy(requirement).addList(NAME));
		}
		return added.isEmpty() ? List.of(new SecurityRequirement().addList(NAME)) : added;
	}

	static boolean isIn(@Nullable List<SecurityRequirement> requirements) {
		return requirements != null && requirements.stream().anyMatch((requirement) -> requirement.containsKey(NAME));
	}

	static List<SecurityRequirement> removeFrom(@Nullable List<SecurityRequirement> requirements) {
		List<SecurityRequirement> others = new ArrayList<>();
		for (SecurityRequirement requirement : (requirements != null) ? requirements : List.<SecurityRequirement>of()) {
			SecurityRequirement other = copy(requirement);
			other.remove(NAME);
			if (!other.isEmpty()) {
				others.add(other);
			}
		}
		return others;
	}

	private static SecurityRequirement copy(SecurityRequirement requirement) {
		SecurityRequirement copy = new SecurityRequirement();
		copy.putAll(requirement);
		return copy;
	}

}
