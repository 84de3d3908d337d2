package dev.mtls.boot.web.servlet;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartResolver;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

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

	private final ObjectProvider<MultipartResolver> multipartResolvers;

	/**
	 * Create a validation.
	 * @param requirements finds what is required
	 * @param check knows who may vouch for whom
	 * @param mappings know the controllers
	 * @param multipartResolvers are told to be lazy where anything is required, since
	 * Spring MVC would have the body of a multipart request read before it knows which
	 * controller it is for
	 */
	public RequireClientCertValidation(ClientCertRequirements requirements, ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
			ObjectProvider<MultipartResolver> multipartResolvers) {
		this.requirements = requirements;
		this.check = check;
		this.mappings = mappings;
		this.multipartResolvers = multipartResolvers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		boolean found = false;
		for (RequestMappingInfoHandlerMapping mapping : this.mappings) {
			for (HandlerMethod handler : mapping.getHandlerMethods().values()) {
				found |= this.requirements.exist(handler);
			}
		}
		this.check.checkTrustDomains();
		if (found) {
			this.multipartResolvers.forEach(RequireClientCertValidation::resolveLazily);
		}
	}

	private static void resolveLazily(MultipartResolver resolver) {
		if (resolver instanceof StandardServletMultipartResolver standard) {
			standard.setResolveLazily(true);
		}
	}

}
