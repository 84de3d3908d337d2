package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.condition.RequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

import dev.mtls.boot.web.ClientCertCheck;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.Decision;

/**
 * Serves handlers with a {@link RequireClientCert} to whom it allows. It is asked in
 * every dispatch, before arguments are resolved, and not at a CORS preflight request,
 * which no handler sees.
 */
public final class RequireClientCertInterceptor implements HandlerInterceptor {

	private final ClientCertCheck check;

	private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

	/**
	 * Create an interceptor.
	 * @param check decides
	 * @param mappings know the controllers
	 */
	public RequireClientCertInterceptor(ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		this.check = check;
		this.mappings = mappings;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		Decision.Deny denial = this.check.checkAny(handlers(request, handler), RequestPeers.of(request));
		if (denial == null) {
			return true;
		}
		ProblemResponse.write(ProblemDocument.of(denial), response);
		return false;
	}

	// Spring answers OPTIONS by itself, and tells what could be requested
	private List<?> handlers(HttpServletRequest request, Object handler) {
		if (!(handler instanceof HandlerMethod method)
				|| method.getBeanType().getEnclosingClass() != RequestMappingInfoHandlerMapping.class) {
			return List.of(WebSocketHandlers.unwrap(handler));
		}
		List<HandlerMethod> handlers = new ArrayList<>();
		this.mappings.forEach((mapping) -> {
			for (Map.Entry<RequestMappingInfo, HandlerMethod> entry : mapping.getHandlerMethods().entrySet()) {
				RequestCondition<?> paths = entry.getKey().getActivePatternsCondition();
				if (paths.getMatchingCondition(request) != null) {
					handlers.add(entry.getValue());
				}
			}
		});
		return handlers;
	}

}
