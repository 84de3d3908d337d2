package dev.mtls.identity;

import java.util.List;
import java.util.Optional;

/**
 * A rule for a SPIFFE ID.
 *
 * @param trustDomain the trust domain
 * @param segments the segments of the path, where {@code *} is any segment
 * @param open whether one or more segments of any kind follow, written {@code **}
 */
record SpiffePattern(String trustDomain, List<String> segments, boolean open) implements IdentityPattern {

	private static final String ANY_SEGMENT = "*";

	private static final String ANY_SEGMENTS = "**";

	private static final String EXAMPLE = "Write a rule such as spiffe://example.org/ns/*/sa/**";

	SpiffePattern {
		segments = List.copyOf(segments);
	}

	static SpiffePattern parse(String rule) {
		if (!rule.startsWith(SpiffeId.SCHEME)) {
			throw RuleSyntax.invalid(rule, "'spiffe:' is not followed by two slashes", EXAMPLE);
		}
		if (rule.length() > SpiffeId.MAX_LENGTH) {
			throw RuleSyntax.invalid(rule, "It is longer than %d bytes".formatted(SpiffeId.MAX_LENGTH), EXAMPLE);
		}
		List<String> parts = List.of(rule.substring(SpiffeId.SCHEME.length()).split("/", -1));
		String trustDomain = parts.get(0);
		String problem = SpiffeId.problemWithTrustDomain(trustDomain);
		if (problem != null) {
			throw RuleSyntax.invalid(rule, problem, "Write the trust domain itself, in lower case and without a port");
		}
		boolean open = parts.size() > 1 && parts.get(parts.size() - 1).equals(ANY_SEGMENTS);
		List<String> segments = parts.subList(1, open ? parts.size() - 1 : parts.size());
		segments.forEach((segment) -> checkSegment(rule, segment));
		return new SpiffePattern(trustDomain, segments, open);
	}

	private static void checkSegment(String rule, String segment) {
		if (segment.equals(ANY_SEGMENT)) {
			return;
		}
		if (segment.equals(ANY_SEGMENTS)) {
			throw RuleSyntax.invalid(rule, "'**' is not the last segment", EXAMPLE);
		}
		if (segment.contains(ANY_SEGMENT)) {
			throw RuleSyntax.invalid(rule, "'*' is only a part of a segment", EXAMPLE);
		}
		String problem = SpiffeId.problemWithSegment(segment);
		if (problem != null) {
			throw RuleSyntax.invalid(rule, problem, EXAMPLE);
		}
	}

	@Override
	public boolean matches(PeerIdentity peer) {
		SpiffeId id = peer.spiffeId();
		return id != null && id.trustDomain().equals(this.trustDomain) && matchesPath(id.path());
	}

	@Override
	public Optional<String> spiffeTrustDomain() {
		return Optional.of(this.trustDomain);
	}

	private boolean matchesPath(String path) {
		int position = 0;
		for (String segment : this.segments) {
			if (position == path.length()) {
				return false;
			}
			int start = position + 1;
			int slash = path.indexOf('/', start);
			position = (slash != -1) ? slash : path.length();
			if (!segment.equals(ANY_SEGMENT) && !isSegment(path, start, position, segment)) {
				return false;
			}
		}
		return this.open == (position < path.length());
	}

	private static boolean isSegment(String path, int start, int end, String segment) {
		return segment.length() == end - start && path.startsWith(segment, start);
	}

	@Override
	public String toString() {
		String path = this.segments.isEmpty() ? "" : "/" + String.join("/", this.segments);
		return SpiffeId.SCHEME + this.trustDomain + path + (this.open ? "/" + ANY_SEGMENTS : "");
	}

}
