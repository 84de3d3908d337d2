package dev.mtls.boot.forwarded;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The elements of {@code Forwarded} (RFC 7239, section 4) and of
 * {@code X-Forwarded-Client-Cert} as Envoy writes them: one for each proxy, separated by
 * commas, each made of {@code key=value} pairs that are separated by semicolons, a value
 * in double quotes where need be, with {@code \"} for a double quote. Every element has
 * to be well-formed, or else a quote that a client left open could hide the last one.
 */
final class ForwardedElements {

	private final String field;

	private int position;

	private final List<List<Pair>> elements = new ArrayList<>();

	private ForwardedElements(String field) {
		this.field = field;
	}

	/**
	 * Parse the field.
	 * @param field the value of the field
	 * @return the pairs of each element, that of the last proxy last
	 * @throws MalformedFieldException if any element is malformed
	 */
	static List<List<Pair>> parse(String field) throws MalformedFieldException {
		ForwardedElements parser = new ForwardedElements(field);
		List<Pair> element = parser.begin();
		element.add(parser.readPair());
		while (parser.position < field.length()) {
			boolean next = field.charAt(parser.position) == ',';
			parser.position++;
			element = next ? parser.begin() : element;
			element.add(parser.readPair());
		}
		return parser.elements;
	}

	private List<Pair> begin() {
		List<Pair> element = new ArrayList<>();
		this.elements.add(element);
		return element;
	}

	private Pair readPair() throws MalformedFieldException {
		int start = this.position;
		int equals = this.field.indexOf('=', start);
		String key = (equals < 0) ? "" : this.field.substring(start, equals).trim();
		if (key.isEmpty() || !key.chars().allMatch(ForwardedElements::isLetter)) {
			throw new MalformedFieldException("an element holds something else than key=value");
		}
		this.position = equals + 1;
		boolean quoted = this.position < this.field.length() && this.field.charAt(this.position) == '"';
		return new Pair(key.toLowerCase(Locale.ROOT), quoted ? readQuoted() : readPlain(), quoted);
	}

	private String readQuoted() throws MalformedFieldException {
		StringBuilder value = new StringBuilder();
		this.position++;
		while (this.position < this.field.length()) {
			char character = this.field.charAt(this.position);
			this.position++;
			if (character == '"') {
				expectSeparator();
				return value.toString();
			}
			if (this.field.startsWith("\\\"", this.position - 1)) {
				character = '"';
				this.position++;
			}
			value.append(character);
		}
		throw new MalformedFieldException("a quoted value has no end");
	}

	private String readPlain() throws MalformedFieldException {
		int start = this.position;
		while (!atSeparator()) {
			if (this.field.charAt(this.position) == '"') {
				throw new MalformedFieldException("a double quote stands within a value");
			}
			this.position++;
		}
		return this.field.substring(start, this.position);
	}

	private void expectSeparator() throws MalformedFieldException {
		if (!atSeparator()) {
			throw new MalformedFieldException("something follows a quoted value");
		}
	}

	private boolean atSeparator() {
		return this.position == this.field.length() || this.field.charAt(this.position) == ','
				|| this.field.charAt(this.position) == ';';
	}

	private static boolean isLetter(int character) {
		return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
	}

	/**
	 * The one value of a key.
	 * @param element the pairs of an element
	 * @param key the key in lower case
	 * @return the pair, or {@code null} if there is none
	 * @throws MalformedFieldException if there are several
	 */
	static @Nullable Pair single(List<Pair> element, String key) throws MalformedFieldException {
		List<Pair> pairs = element.stream().filter((pair) -> pair.key().equals(key)).toList();
		if (pairs.size() > 1) {
			throw new MalformedFieldException("an element holds %s %d times".formatted(key, pairs.size()));
		}
		return pairs.isEmpty() ? null : pairs.get(0);
	}

	/**
	 * A pair of an element.
	 *
	 * @param key the key in lower case
	 * @param value the value without quotes
	 * @param quoted whether the value stood in double quotes
	 */
	record Pair(String key, String value, boolean quoted) {
	}

}
