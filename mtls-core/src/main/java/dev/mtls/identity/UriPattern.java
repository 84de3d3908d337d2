package dev.mtls.identity;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * A rule for a URI. Scheme and host compare in any case, all else exactly (RFC 5280,
 * section 7.4).
 *
 * @param uri the URI, its scheme and host in lower case
 * @param schemeEnd the index of the colon after the scheme
 * @param hostStart the index of the host, or that of the colon if there is none
 * @param hostEnd the index after the host
 */
record UriPattern(String uri, int schemeEnd, int hostStart, int hostEnd) implements IdentityPattern {

	private static final int MAX_LENGTH = 2048;

	static UriPattern parse(String rule, String value) {
		check(rule, value);
		int schemeEnd = value.indexOf(':');
		int hostStart = schemeEnd;
		int hostEnd = schemeEnd;
		if (value.startsWith("//", schemeEnd + 1)) {
			hostEnd = authorityEnd(value, schemeEnd + 3);
			hostStart = Math.max(schemeEnd + 3, value.lastIndexOf('@', hostEnd - 1) + 1);
		}
		String uri = lowerCase(value.substring(0, schemeEnd)) + value.substring(schemeEnd, hostStart)
				+ lowerCase(value.substring(hostStart, hostEnd)) + value.substring(hostEnd);
		return new UriPattern(uri, schemeEnd, hostStart, hostEnd);
	}

	private static void check(String rule, String value) {
		if (value.indexOf('*') != -1) {
			throw RuleSyntax.invalid(rule, "A uri: rule is one exact URI, and '*' is no wildcard in it",
					"Write each URI in full, or use a spiffe:// rule for SPIFFE IDs");
		}
		if (value.length() > MAX_LENGTH) {
			throw RuleSyntax.invalid(rule, "The URI is longer than %d bytes".formatted(MAX_LENGTH),
					"Write a shorter URI");
		}
		if (!isAbsoluteUri(value)) {
			throw RuleSyntax.invalid(rule, "It is no absolute URI in ASCII characters",
					"Write a URI such as uri:https://example.com/service");
		}
		if (value.regionMatches(true, 0, "spiffe:", 0, "spiffe:".length())) {
			throw RuleSyntax.invalid(rule, "SPIFFE IDs have rules of their own", "Write spiffe:// without uri:");
		}
	}

	private static boolean isAbsoluteUri(String value) {
		try {
			return new URI(value).isAbsolute() && value.chars().allMatch((character) -> character < 0x80);
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static int authorityEnd(String value, int start) {
		int end = start;
		while (end < value.length() && "/?#".indexOf(value.charAt(end)) == -1) {
			end++;
		}
		return end;
	}

	private static String lowerCase(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		for (String presented : peer.uris()) {
			if (matches(presented)) {
				return true;
			}
		}
		return false;
	}

	private boolean matches(String presented) {
		return presented.length() == this.uri.length() && isSame(presented, true, 0, this.schemeEnd)
				&& isSame(presented, false, this.schemeEnd, this.hostStart)
				&& isSame(presented, true, this.hostStart, this.hostEnd)
				&& isSame(presented, false, this.hostEnd, this.uri.length());
	}

	private boolean isSame(String presented, boolean ignoreCase, int start, int end) {
		return presented.regionMatches(ignoreCase, start, this.uri, start, end - start);
	}

	@Override
	public String toString() {
		return "uri:" + this.uri;
	}

}
