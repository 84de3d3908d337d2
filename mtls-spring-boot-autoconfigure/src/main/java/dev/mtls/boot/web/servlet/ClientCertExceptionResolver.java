package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

import dev.mtls.boot.web.ClientCertException;
import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers a {@link ClientCertException} of what is no controller, such as a functional
 * endpoint, with the problem document. Those of controllers are left to exception
 * handlers.
 */
public final class ClientCertExceptionResolver implements HandlerExceptionResolver, Ordered {

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception exception) {
		if (handler instanceof HandlerMethod || !(exception instanceof ClientCertException refusal)) {
			return null;
		}
		try {
			ProblemResponse.write(ProblemDocument.of(refusal.denial()), response);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new ModelAndView();
	}

	/**
	 * Before those of Spring MVC, which would answer without the reason.
	 */
	@Override
	public int getOrder() {
		return -1;
	}

}
