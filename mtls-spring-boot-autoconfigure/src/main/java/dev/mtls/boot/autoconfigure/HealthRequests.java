package dev.mtls.boot.autoconfigure;

import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.security.web.server.util.matcher.OrServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.ClassUtils;

/**
 * Requests that ask for the health of the application, which Spring Boot leaves open to
 * probes without certificate or password too. There are none without its Actuator.
 */
final class HealthRequests {

	private static final String HEALTH = "health";

	private static final boolean HAS_ENDPOINTS = ClassUtils.isPresent(
			"org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints", HealthRequests.class.getClassLoader());

	private HealthRequests() {
	}

	static RequestMatcher servlet() {
		return HAS_ENDPOINTS ? Servlet.matcher() : (request) -> false;
	}

	static ServerWebExchangeMatcher reactive() {
		return HAS_ENDPOINTS ? Reactive.matcher() : (exchange) -> ServerWebExchangeMatcher.MatchResult.notMatch();
	}

	// Apart, since what they use may be absent
	private static final class Servlet {

		private static RequestMatcher matcher() {
			return new OrRequestMatcher(
					org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest.to(HEALTH),
					org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest
						.toAdditionalPaths(WebServerNamespace.SERVER, HEALTH));
		}

	}

	private static final class Reactive {

		private static ServerWebExchangeMatcher matcher() {
			return new OrServerWebExchangeMatcher(EndpointRequest.to(HEALTH),
					EndpointRequest.toAdditionalPaths(WebServerNamespace.SERVER, HEALTH));
		}

	}

}
