package dev.mtls.boot.openapi;

import java.util.Arrays;

import io.swagger.v3.oas.models.Operation;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.web.method.HandlerMethod;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.ClientCertificates;
import dev.mtls.boot.web.RequireClientCert;

/**
 * Declares that an operation needs a client certificate where its controller says so: by
 * {@link RequireClientCert}, or by a {@link ClientCert} parameter that is required.
 */
public final class MutualTlsOperations implements GlobalOperationCustomizer {

	private final ClientCertRequirements requirements;

	/**
	 * Create a customizer.
	 * @param requirements finds what is required
	 */
	public MutualTlsOperations(ClientCertRequirements requirements) {
		this.requirements = requirements;
	}

	@Override
	public Operation customize(Operation operation, HandlerMethod handler) {
		if (this.requirements.exist(handler)
				|| Arrays.stream(handler.getMethodParameters()).anyMatch(ClientCertificates::isRequired)) {
			operation.setSecurity(MutualTlsScheme.addTo(operation.getSecurity()));
		}
		return operation;
	}

}
