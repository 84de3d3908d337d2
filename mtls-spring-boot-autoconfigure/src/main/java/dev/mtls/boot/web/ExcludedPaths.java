package dev.mtls.boot.web;

import java.util.ArrayList;
import java.util.List;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The paths that may be asked for without a certificate. A path is one of them only in
 * its plain form: whoever writes it in another one, which a server or the application may
 * take for the same or for a different path, needs a certificate.
 */
public final class ExcludedPaths {

	/**
	 * No path at all, so that each one needs a certificate.
	 */
	public static final ExcludedPaths NONE = new ExcludedPaths(List.of());

	// The characters of a segment (RFC 3986, section 3.3) without the percent sign of
	// encodings and the semicolon of parameters
	private static final String PUNCTUATION = "-._~!$&'()*+,=:@";

	private final List<PathPattern> patterns;

	private ExcludedPaths(List<PathPattern> patterns) {
		this.patterns = List.copyOf(patterns);
	}

	/**
	 * Parse patterns.
	 * @param place the property they come from, for messages
	 * @param patterns patterns of {@link PathPattern}, relative to the context path
	 * @return the paths
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} if one of them is no
	 * pattern, does not begin with a slash, or could never match
	 */
	public static ExcludedPaths of(String place, List<String> patterns) {
		List<PathPattern> parsed = new ArrayList<>();
		for (String pattern : patterns) {
			parsed.add(parse(place, pattern));
		}
		return new ExcludedPaths(parsed);
	}

	/**
	 * Add further patterns.
	 * @param others the other paths
	 * @return the paths of both
	 */
	public ExcludedPaths and(ExcludedPaths others) {
		List<PathPattern> both = new ArrayList<>(this.patterns);
		both.addAll(others.patterns);
		return new ExcludedPaths(both);
	}

	/**
	 * Whether there are none.
	 * @return whether every path needs a certificate
	 */
	public boolean isEmpty() {
		return this.patterns.isEmpty();
	}

	/**
	 * Whether a path may be asked for without a certificate.
	 * @param path the path as the client sent it, with the context path and without the
	 * query
	 * @param contextPath the context path, empty if there is none
	 * @return whether it may
	 */
	public boolean contains(String path, String contextPath) {
		if (!isPlain(path) || !path.startsWith(contextPath)) {
			return false;
		}
		String withinApplication = path.substring(contextPath.length());
		if (!withinApplication.startsWith("/")) {
			return false;
		}
		PathContainer container = PathContainer.parsePath(withinApplication);
		return this.patterns.stream().anyMatch((pattern) -> pattern.matches(container));
	}

	private static PathPattern parse(String place, String pattern) {
		if (!pattern.startsWith("/")) {
			throw invalid(place, pattern, "does not begin with a slash", "write /" + pattern);
		}
		if (pattern.equals("/**") || pattern.equals("/{*path}")) {
			throw invalid(place, pattern, "excludes everything",
					"name the paths that need no certificate, or set client-auth=want and leave this out");
		}
		if (pattern.indexOf('%') != -1 || pattern.indexOf(';') != -1 || pattern.contains("//")) {
			throw invalid(place, pattern, "would match no path in its plain form",
					"write it without percent-encoding, semicolon and doubled slash");
		}
		try {
			return PathPatternParser.defaultInstance.parse(pattern);
		}
		catch (PatternParseException ex) {
			throw invalid(place, pattern, "is no path pattern: " + ex.getMessage(),
					"write it like /public/ping, /public/{name} or /public/**");
		}
	}

	private static MtlsException invalid(String place, String pattern, String problem, String fix) {
		return new MtlsException(Reason.CONFIGURATION_INVALID, place, "'%s' %s".formatted(pattern, problem), fix);
	}

	private static boolean isPlain(String path) {
		if (!path.startsWith("/")) {
			return false;
		}
		for (int i = 0; i < path.length(); i++) {
			if (!isPlain(path.charAt(i))) {
				return false;
			}
		}
		// With a slash behind it, each segment ends with one
		String closed = path + "/";
		return !path.contains("//") && !closed.contains("/./") && !closed.contains("/../");
	}

	private static boolean isPlain(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || character == '/' || PUNCTUATION.indexOf(character) != -1;
	}

}
