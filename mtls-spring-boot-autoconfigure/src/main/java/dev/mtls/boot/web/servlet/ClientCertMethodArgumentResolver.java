package dev.mtls.boot.web.servlet;

import java.security.cert.X509Certificate;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertificates;

/**
 * Resolves {@link ClientCert} parameters from the certificates of the request (Jakarta
 * Servlet, section 3.10).
 */
public final class ClientCertMethodArgumentResolver implements HandlerMethodArgumentResolver {

	private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientCertificates.supports(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer mavContainer,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		Object chain = request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
		return ClientCertificates.resolve(parameter,
				(chain instanceof X509Certificate[] certificates) ? certificates : new X509Certificate[0]);
	}

}
