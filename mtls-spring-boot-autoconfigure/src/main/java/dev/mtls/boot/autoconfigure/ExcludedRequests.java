package dev.mtls.boot.autoconfigure;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.server.RequestPath;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.boot.web.servlet.PeerOfRequest;

/**
 * Requests for which nobody needs a certificate.
 */
final class ExcludedRequests {

	private ExcludedRequests() {
	}

	static RequestMatcher servlet(ExcludedPaths paths) {
		return Servlet.matcher(paths);
	}

	static ServerWebExchangeMatcher reactive(ExcludedPaths paths) {
		return Reactive.matcher(paths);
	}

	// Apart, since what they use may be absent
	private static final class Servlet {

		private static RequestMatcher matcher(ExcludedPaths paths) {
			return (request) -> {
				// As it was sent: a filter before may believe a forwarded prefix
				HttpServletRequest sent = (HttpServletRequest) PeerOfRequest.innermost(request);
				return paths.contains(sent.getRequestURI(), sent.getContextPath());
			};
		}

	}

	private static final class Reactive {

		private static ServerWebExchangeMatcher matcher(ExcludedPaths paths) {
			return (exchange) -> {
				RequestPath path = exchange.getRequest().getPath();
				return paths.contains(path.value(), path.contextPath().value())
						? ServerWebExchangeMatcher.MatchResult.match()
						: ServerWebExchangeMatcher.MatchResult.notMatch();
			};
		}

	}

}
