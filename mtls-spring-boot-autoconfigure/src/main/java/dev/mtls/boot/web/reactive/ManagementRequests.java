package dev.mtls.boot.web.reactive;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells requests to a management port of its own from others. Filters of the application
 * see both, because the context of such a port looks for filters in its parent too.
 */
public final class ManagementRequests {

	private static final boolean HAS_SERVERS = ClassUtils.isPresent(
			"org.springframework.boot.web.server.context.WebServerApplicationContext",
			ManagementRequests.class.getClassLoader());

	private ManagementRequests() {
	}

	/**
	 * Whether a request is one to the management port.
	 * @param exchange the request
	 * @return whether it is
	 */
	public static boolean contain(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		return HAS_SERVERS && context != null && WebServerApplicationContext.hasServerNamespace(context, "management");
	}

}
