package dev.mtls.boot.openapi;

import java.util.ArrayList;
import java.util.List;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MutualTlsDocument}.
 */
class MutualTlsDocumentTests {

	private final Operation operation = new Operation();

	private final OpenAPI document = new OpenAPI(SpecVersion.V31)
		.paths(new Paths().addPathItem("/", new PathItem().get(this.operation)));

	@Test
	void customiseWhenOperationHasAlternativesAddsTheSchemeToEach() {
		this.operation.setSecurity(List.of(requirement("basic"), requirement("bearer")));
		new MutualTlsDocument((path) -> true).customise(this.document);
		assertThat(this.operation.getSecurity()).containsExactly(requirement("basic", "mutualTLS"),
				requirement("bearer", "mutualTLS"));
	}

	@Test
	void customiseWhenTheDocumentHasARequirementKeepsIt() {
		this.document.setSecurity(List.of(requirement("bearer")));
		this.operation.setSecurity(List.of(requirement("mutualTLS")));
		new MutualTlsDocument((path) -> false).customise(this.document);
		assertThat(this.operation.getSecurity()).containsExactly(requirement("bearer", "mutualTLS"));
	}

	@Test
	void customiseWhenNothingNeedsTheSchemeDeclaresNothing() {
		new MutualTlsDocument((path) -> false).customise(this.document);
		assertThat(this.document.getComponents()).isNull();
		assertThat(this.operation.getSecurity()).isNull();
	}

	@Test
	void customiseAsksForPathsWithValuesInThePlaceOfVariables() {
		List<String> paths = new ArrayList<>();
		this.document.getPaths().addPathItem("/users/{name}/avatar", new PathItem().get(new Operation()));
		new MutualTlsDocument(paths::add).customise(this.document);
		assertThat(paths).containsExactly("/", "/users/any/avatar");
	}

	private static SecurityRequirement requirement(String... schemes) {
		SecurityRequirement requirement = new SecurityRequirement();
		for (String scheme : schemes) {
			requirement.addList(scheme);
		}
		return requirement;
	}

}
