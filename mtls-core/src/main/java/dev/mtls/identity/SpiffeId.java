package dev.mtls.identity;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A SPIFFE ID, such as {@code spiffe://example.org/ns/prod/sa/api}, as the SPIFFE
 * standard defines it (SPIFFE-ID, sections 2.1 to 2.4). It is compared as it is written:
 * nothing is decoded, folded or normalised.
 *
 * @param trustDomain the trust domain: 1 to 255 of the characters {@code a-z 0-9 . - _}
 * @param path the path: empty, or segments of the characters {@code a-z A-Z 0-9 . - _},
 * each after a slash, none empty, {@code .} or {@code ..}
 */
public record SpiffeId(String trustDomain, String path) {

	static final String SCHEME = "spiffe://";

	static final int MAX_LENGTH = 2048;

	private static final int MAX_TRUST_DOMAIN_LENGTH = 255;

	/**
	 * Create a SPIFFE ID.
	 * @throws IllegalArgumentException if a part does not follow the standard
	 */
	public SpiffeId {
		String problem = problemWith(trustDomain, path);
		if (problem != null) {
			throw new IllegalArgumentException(problem);
		}
	}

	/**
	 * Parse a SPIFFE ID that somebody on this side wrote.
	 * @param text the URI
	 * @return the SPIFFE ID
	 * @throws MtlsException if the text is no SPIFFE ID
	 * ({@link Reason#CONFIGURATION_INVALID})
	 */
	public static SpiffeId parse(String text) {
		String problem = problemWith(text);
		if (problem != null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, text, problem,
					"Write a SPIFFE ID such as spiffe://example.org/ns/prod/sa/api");
		}
		return ofValid(text);
	}

	/**
	 * Return the SPIFFE ID that a URI of a certificate is, where a URI that is none is
	 * nothing unusual.
	 * @param uri the URI
	 * @return the SPIFFE ID, or empty if the URI is none
	 */
	public static Optional<SpiffeId> from(String uri) {
		return (problemWith(uri) != null) ? Optional.empty() : Optional.of(ofValid(uri));
	}

	/**
	 * The SPIFFE ID as a URI.
	 * @return the URI
	 */
	@Override
	public String toString() {
		return SCHEME + this.trustDomain + this.path;
	}

	static @Nullable String problemWithTrustDomain(String trustDomain) {
		if (trustDomain.isEmpty()) {
			return "The trust domain is empty";
		}
		if (trustDomain.length() > MAX_TRUST_DOMAIN_LENGTH) {
			return "The trust domain is longer than %d characters".formatted(MAX_TRUST_DOMAIN_LENGTH);
		}
		return trustDomain.chars().allMatch(SpiffeId::isTrustDomainCharacter) ? null
				: "The trust domain holds a character other than a-z, 0-9, '.', '-' and '_'";
	}

	static @Nullable String problemWithSegment(String segment) {
		if (segment.isEmpty()) {
			return "The path has an empty segment or ends with a slash";
		}
		if (segment.equals(".") || segment.equals("..")) {
			return "The path has a segment '.' or '..'";
		}
		return segment.chars().allMatch(SpiffeId::isPathCharacter) ? null
				: "The path holds a character other than a-z, A-Z, 0-9, '.', '-' and '_'";
	}

	private static SpiffeId ofValid(String text) {
		int path = pathIndex(text);
		return new SpiffeId(text.substring(SCHEME.length(), path), text.substring(path));
	}

	private static @Nullable String problemWith(String text) {
		if (!text.startsWith(SCHEME)) {
			return "It does not start with spiffe:// in lower case";
		}
		int path = pathIndex(text);
		return problemWith(text.substring(SCHEME.length(), path), text.substring(path));
	}

	private static @Nullable String problemWith(String trustDomain, String path) {
		if (SCHEME.length() + trustDomain.length() + path.length() > MAX_LENGTH) {
			return "It is longer than %d bytes".formatted(MAX_LENGTH);
		}
		String problem = problemWithTrustDomain(trustDomain);
		return (problem != null || path.isEmpty()) ? problem : problemWithPath(path);
	}

	private static @Nullable String problemWithPath(String path) {
		if (path.charAt(0) != '/') {
			return "The path does not start with a slash";
		}
		for (String segment : path.substring(1).split("/", -1)) {
			String problem = problemWithSegment(segment);
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

	private static int pathIndex(String text) {
		int slash = text.indexOf('/', SCHEME.length());
		return (slash != -1) ? slash : text.length();
	}

	private static boolean isTrustDomainCharacter(int character) {
		return isPathCharacter(character) && !(character >= 'A' && character <= 'Z');
	}

	private static boolean isPathCharacter(int character) {
		return character == '.' || DomainName.isLabelCharacter(character);
	}

}
