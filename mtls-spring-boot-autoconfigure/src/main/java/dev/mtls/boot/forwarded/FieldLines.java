package dev.mtls.boot.forwarded;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The lines of one header field of a request (RFC 9110, section 5.2), within bounds.
 */
final class FieldLines {

	static final int MAX_LINES = 10;

	static final int MAX_LENGTH = 512 * 1024;

	private final String name;

	private final List<String> values;

	private FieldLines(String name, List<String> values) {
		this.name = name;
		this.values = values;
	}

	/**
	 * The lines of a field.
	 * @param fields the fields of the request
	 * @param name the name of the field
	 * @return its lines
	 * @throws MalformedFieldException if there are too many, they are too long, or hold
	 * anything but visible ASCII characters, spaces and tabs
	 */
	static FieldLines of(RequestFields fields, String name) throws MalformedFieldException {
		List<String> values = fields.values(name);
		if (values.size() > MAX_LINES) {
			throw new MalformedFieldException(
					"%s has %d lines, at most %d are read".formatted(name, values.size(), MAX_LINES));
		}
		if (values.stream().mapToLong(String::length).sum() > MAX_LENGTH) {
			throw new MalformedFieldException("%s is longer than %d characters".formatted(name, MAX_LENGTH));
		}
		// RFC 9110, section 5.5: a line that was folded, or with a NUL, is not repaired
		if (!values.stream().allMatch(FieldLines::isText)) {
			throw new MalformedFieldException("%s holds a control or non-ASCII character".formatted(name));
		}
		return new FieldLines(name, values);
	}

	boolean isEmpty() {
		return this.values.isEmpty();
	}

	/**
	 * The value of a field that may come once only.
	 * @return the value, or {@code null} if the request has no such field
	 * @throws MalformedFieldException if it comes more than once
	 */
	@Nullable String single() throws MalformedFieldException {
		if (this.values.size() > 1) {
			throw new MalformedFieldException("%s comes %d times".formatted(this.name, this.values.size()));
		}
		return this.values.isEmpty() ? null : this.values.get(0);
	}

	/**
	 * The value of a field that is a list (RFC 9110, section 5.3).
	 * @return the values of all lines, separated by commas
	 */
	String combined() {
		return String.join(", ", this.values);
	}

	private static boolean isText(String value) {
		return value.chars().allMatch((character) -> (character >= ' ' && character < 0x7f) || character == '\t');
	}

}
