package dev.mtls.boot.openapi;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Declares the security scheme {@code mutualTLS} (OpenAPI 3.1, section 4.8.27) in a
 * document whose operations need it: those of their own, and those of the paths for which
 * the server needs one. OpenAPI 3.0 does not know the scheme.
 */
public final class MutualTlsDocument implements GlobalOpenApiCustomizer {

	private static final Pattern VARIABLE = Pattern.compile("\\{[^/]*}");

	private final Predicate<String> needed;

	/**
	 * Create a customizer.
	 * @param needed whether every request for a path needs a client certificate
	 */
	public MutualTlsDocument(Predicate<String> needed) {
		this.needed = needed;
	}

	@Override
	public void customise(OpenAPI document) {
		boolean known = document.getSpecVersion() != SpecVersion.V30;
		boolean needed = false;
		if (document.getPaths() != null) {
			for (Map.Entry<String, PathItem> path : document.getPaths().entrySet()) {
				boolean always = this.needed.test(VARIABLE.matcher(path.getKey()).replaceAll("any"));
				for (Operation operation : path.getValue().readOperations()) {
					needed |= customise(operation, always, document.getSecurity(), known);
				}
			}
		}
		if (needed && known) {
			if (document.getComponents() == null) {
				document.setComponents(new Components());
			}
			document.getComponents().addSecuritySchemes(MutualTlsScheme.NAME, MutualTlsScheme.create());
		}
	}

	private static boolean customise(Operation operation, boolean always, List<SecurityRequirement> ofDocument,
			boolean known) {
		boolean needed = always || MutualTlsScheme.isIn(operation.getSecurity());
		if (!needed) {
			return false;
		}
		List<SecurityRequirement> own = MutualTlsScheme.removeFrom(operation.getSecurity());
		List<SecurityRequirement> others = own.isEmpty() ? MutualTlsScheme.removeFrom(ofDocument) : own;
		if (known) {
			operation.setSecurity(MutualTlsScheme.addTo(others));
		}
		else {
			operation.setSecurity(own.isEmpty() ? null : own);
		}
		return true;
	}

}
