package dev.mtls.boot.security;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells requests that a page of another origin makes a browser send. Clients that are no
 * browsers send neither of the two headers that say so, and pages cannot forge them.
 *
 * @param method the method of the request
 * @param upgrade the protocol to change to, if any
 * @param fetchSite the header {@code Sec-Fetch-Site} (W3C Fetch Metadata, section 2.3)
 * @param origin the header {@code Origin} (RFC 6454, section 7)
 * @param target where the request was sent to
 */
record CrossOrigin(String method, @Nullable String upgrade, @Nullable String fetchSite, @Nullable String origin,
		Supplier<URI> target) {

	static final String FETCH_SITE = "Sec-Fetch-Site";

	// RFC 9110, section 9.2.1
	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	// The second is what the user asked for, such as an address that was typed
	private static final Set<String> FROM_HERE = Set.of("same-origin", "none");

	/**
	 * Whether the request must not be served.
	 * @return {@code true} if another origin sent it and it may change something or opens
	 * a WebSocket, whose messages no origin is told of
	 */
	boolean isForbidden() {
		return (!SAFE.contains(this.method) || opensWebSocket()) && isFromElsewhere();
	}

	private boolean opensWebSocket() {
		return this.upgrade != null && this.upgrade.toLowerCase(Locale.ROOT).contains("websocket");
	}

	private boolean isFromElsewhere() {
		if (this.fetchSite != null) {
			return !FROM_HERE.contains(this.fetchSite);
		}
		return this.origin != null && !isTarget(this.origin);
	}

	// A browser of before 2023
	private boolean isTarget(String origin) {
		try {
			URI from = new URI(origin);
			URI to = this.target.get();
			return to.getHost() != null && to.getHost().equalsIgnoreCase(from.getHost())
					&& to.getScheme().equalsIgnoreCase(from.getScheme()) && port(to) == port(from);
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static int port(URI uri) {
		if (uri.getPort() >= 0) {
			return uri.getPort();
		}
		return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
	}

}
