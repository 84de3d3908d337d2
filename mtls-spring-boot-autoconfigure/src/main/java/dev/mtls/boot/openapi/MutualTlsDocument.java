package dev.mtls.boot.openapi;

import java.util.List;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Declares the security scheme {@code mutualTLS} (OpenAPI 3.1, section 4.8.27) in a
 * document whose operations need it: all of them where the server needs a certificate of
 * every client. OpenAPI 3.0 does not know the scheme.
 */
public final class MutualTlsDocument implements GlobalOpenApiCustomizer {

	private final boolean everywhere;

	/**
	 * Create a customizer.
	 * @param everywhere whether every operation needs a client certificate
	 */
	public MutualTlsDocument(boolean everywhere) {
		this.everywhere = everywhere;
	}

	@Override
	public void customise(OpenAPI document) {
		boolean known = document.getSpecVersion() != SpecVersion.V30;
		boolean needed = false;
		if (document.getPaths() != null) {
			for (PathItem path : document.getPaths().values()) {
				for (Operation operation : path.readOperations()) {
					needed |= customise(operation, document.getSecurity(), known);
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

	private boolean customise(Operation operation, List<SecurityRequirement> ofDocument, boolean known) {
		boolean needed = this.everywhere || MutualTlsScheme.isIn(operation.getSecurity());
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
