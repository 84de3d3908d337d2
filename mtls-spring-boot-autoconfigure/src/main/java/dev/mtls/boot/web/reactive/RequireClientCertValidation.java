package dev.mtls.boot.web.reactive;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

import dev.mtls.boot.web.ClientCertCheck;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.RequireClientCert;

/**
 * Looks at the {@link RequireClientCert} of every controller at the start, which fails if
 * one cannot be used.
 */
public final class RequireClientCertValidation implements SmartInitializingSingleton {

	private final ClientCertRequirements requirements;

	private final ClientCertCheck check;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create a validation.
	 * @param requirements finds what is required
	 * @param check knows who may vouch for whom
	 * @param mappings know the controllers
	 */
	public RequireClientCertValidation(ClientCertRequirements requirements, ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.requirements = requirements;
		this.check = check;
		this.mappings = mappings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.mappings.forEach((mapping) -> mapping.getHandlerMethods().values().forEach(this.requirements::exist));
		this.check.checkTrustDomains();
	}

}
