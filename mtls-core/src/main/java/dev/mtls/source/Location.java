package dev.mtls.source;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A location text, taken apart. The text may be a secret, so that the place never repeats
 * more of it than a path.
 *
 * @param property the name of the property that holds the location
 * @param kind what the rest is
 * @param value the path, the name on the class path, the Base64 text or the PEM text
 * @param place the property and what may be shown of the location
 */
record Location(String property, Kind kind, String value, String place) {

	static final String OPTIONAL = "optional:";

	private static final String KINDS = "Use file:, classpath:, base64: or PEM text";

	/** At least two characters, so that the drive of a Windows path is no scheme. */
	private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.*-]+):(.*)", Pattern.DOTALL);

	private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]*");

	static Location parse(String property, String text) {
		if (text.isBlank()) {
			throw invalid(property, "The location is empty", KINDS);
		}
		if (text.contains("-----BEGIN")) {
			return new Location(property, Kind.PEM, text, property + "=(inline PEM)");
		}
		String location = text.strip();
		Matcher matcher = SCHEME.matcher(location);
		if (!matcher.matches()) {
			return path(property, location, location);
		}
		String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
		String rest = matcher.group(2);
		return switch (scheme) {
			case "file" -> path(property, withoutAuthority(property, rest), location);
			case "classpath" -> classPath(property, rest, location);
			case "base64" -> new Location(property, Kind.BASE64, rest, property + "=(Base64)");
			case "optional" ->
				throw invalid(property + "=optional:…", "The location may not be optional here", "Remove optional:");
			// The rest is not shown: it may hold a password, or be a pasted secret
			case "http", "https" -> throw invalid(property + "=" + scheme + ":…",
					"A location on the network cannot be used here", "Write the content to a file and use file:");
			default -> throw invalid(property + "=" + scheme + ":…", "This kind of location is not known", KINDS);
		};
	}

	Source toSource(int limit) {
		if (limit < 1 || limit == Integer.MAX_VALUE) {
			throw new IllegalArgumentException("A limit of %d bytes is not possible".formatted(limit));
		}
		return switch (this.kind) {
			case FILE -> new FileSource(this.place, Path.of(this.value), limit);
			case CLASS_PATH -> new ClassPathSource(this.place, this.value, limit);
			case BASE64, PEM -> new InlineSource(this, limit);
		};
	}

	Source toSourceOfMany(int limit, boolean optional) {
		Source one = toSource(limit);
		return switch (this.kind) {
			case FILE -> FileSetSource.of(this, limit, optional);
			case CLASS_PATH -> optional ? ((ClassPathSource) one).optional() : one;
			case BASE64, PEM -> one;
		};
	}

	@Override
	public String toString() {
		return this.place;
	}

	private static Location path(String property, String path, String location) {
		rejectSecret(property, path);
		rejectControlCharacters(property, path);
		String place = property + "=" + location;
		if (path.isEmpty()) {
			throw invalid(place, "The path is empty", "Name a file");
		}
		try {
			return new Location(property, Kind.FILE, Path.of(path).toString(), place);
		}
		catch (InvalidPathException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place,
					"The path has a character that this system cannot use", "Rename the file", ex);
		}
	}

	private static Location classPath(String property, String name, String location) {
		rejectControlCharacters(property, name);
		String relative = name.startsWith("/") ? name.substring(1) : name;
		if (relative.isEmpty()) {
			throw invalid(property + "=" + location, "The name is empty", "Name a resource of the class path");
		}
		return new Location(property, Kind.CLASS_PATH, relative, property + "=" + location);
	}

	private static String withoutAuthority(String property, String rest) {
		if (!rest.startsWith("//")) {
			return rest;
		}
		if (!rest.startsWith("///")) {
			throw invalid(property + "=file:" + rest, "A file: location cannot name a host",
					"Write one or three slashes after file:");
		}
		return rest.substring(2);
	}

	private static void rejectControlCharacters(String property, String path) {
		if (path.chars().anyMatch(Character::isISOControl)) {
			// Not shown: several lines are more likely a damaged key than a path
			throw invalid(property + "=(text with control characters)",
					"A path cannot hold line breaks or other control characters", KINDS);
		}
	}

	/**
	 * A key in Base64 whose prefix was forgotten must not be shown as the name of a file
	 * that is missing.
	 */
	private static void rejectSecret(String property, String path) {
		if (path.startsWith("M") && path.length() >= 40 && isDer(path)) {
			throw invalid(property + "=(Base64)", "This is Base64 and no path", "Write base64: before it");
		}
	}

	private static boolean isDer(String base64) {
		try {
			byte[] start = Base64.getDecoder().decode(base64.substring(0, 8));
			return start.length == 6 && start[0] == 0x30 && BASE64.matcher(base64).matches()
					&& hasLengthOf(base64, start);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Whether the length octets of the DER value (X.690, 8.1.3) agree with the number of
	 * characters, so that a path is not taken for a key by chance.
	 */
	private static boolean hasLengthOf(String base64, byte[] start) {
		int octets = (start[1] < 0) ? start[1] & 0x7f : 0;
		if (octets > 3) {
			return false;
		}
		long length = (octets == 0) ? start[1] : 0;
		for (int i = 0; i < octets; i++) {
			length = (length << 8) | (start[2 + i] & 0xff);
		}
		long total = length + 2 + octets;
		long characters = base64.chars().filter((character) -> character > ' ' && character != '=').count();
		return characters == (total * 8 + 5) / 6;
	}

	private static MtlsException invalid(String place, String problem, String fix) {
		return new MtlsException(Reason.CONFIGURATION_INVALID, place, problem, fix);
	}

	/**
	 * The kinds of location.
	 */
	enum Kind {

		FILE, CLASS_PATH, BASE64, PEM

	}

}
