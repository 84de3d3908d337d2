package dev.mtls.boot.web.servlet;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientAddresses;

/**
 * Resolves {@link ClientAddress} parameters.
 */
public final class ClientAddressMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientAddresses.supports(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer mavContainer,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		ServletRequest servletRequest = request.getNativeRequest(ServletRequest.class);
		if (servletRequest == null) {
			throw new IllegalStateException("@ClientAddress needs a servlet request");
		}
		return ClientAddresses.resolve(RequestPeers.of(servletRequest));
	}

}
