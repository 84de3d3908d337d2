package dev.mtls.boot.forwarded;

import java.util.ArrayList;
import java.util.List;

/**
 * Byte Sequences of structured fields (RFC 9651, section 3.3.5). Parameters are refused,
 * since RFC 9440 defines none.
 */
final class StructuredBytes {

	private static final char DELIMITER = ':';

	private final String field;

	private int position;

	private StructuredBytes(String field) {
		this.field = field;
	}

	/**
	 * Parse a field that is one Byte Sequence (RFC 9651, section 4.2).
	 * @param field the value of the field
	 * @return the bytes
	 * @throws MalformedFieldException if it is anything else
	 */
	static byte[] parseItem(String field) throws MalformedFieldException {
		StructuredBytes parser = new StructuredBytes(field);
		parser.skip(" ");
		byte[] item = parser.next();
		parser.skip(" ");
		parser.expectEnd();
		return item;
	}

	/**
	 * Parse a field that is a List of Byte Sequences (RFC 9651, section 4.2.1).
	 * @param field the value of the field, its lines combined
	 * @return the bytes of each member; none if the field is empty
	 * @throws MalformedFieldException if it is anything else
	 */
	static List<byte[]> parseList(String field) throws MalformedFieldException {
		StructuredBytes parser = new StructuredBytes(field);
		List<byte[]> members = new ArrayList<>();
		parser.skip(" ");
		while (!parser.atEnd()) {
			members.add(parser.next());
			parser.skip(" \t");
			if (parser.atEnd()) {
				break;
			}
			parser.expectComma();
			parser.skip(" \t");
			if (parser.atEnd()) {
				throw new MalformedFieldException("a comma ends the list");
			}
		}
		return members;
	}

	private byte[] next() throws MalformedFieldException {
		if (atEnd() || this.field.charAt(this.position) != DELIMITER) {
			throw new MalformedFieldException("there is something else than a byte sequence between colons");
		}
		int end = this.field.indexOf(DELIMITER, this.position + 1);
		if (end < 0) {
			throw new MalformedFieldException("a byte sequence has no closing colon");
		}
		byte[] bytes = Base64Text.decode(this.field.substring(this.position + 1, end));
		this.position = end + 1;
		return bytes;
	}

	private void expectComma() throws MalformedFieldException {
		if (this.field.charAt(this.position) != ',') {
			throw new MalformedFieldException("something else than a comma follows a byte sequence");
		}
		this.position++;
	}

	private void expectEnd() throws MalformedFieldException {
		if (!atEnd()) {
			throw new MalformedFieldException("something follows the byte sequence");
		}
	}

	private void skip(String characters) {
		while (!atEnd() && characters.indexOf(this.field.charAt(this.position)) >= 0) {
			this.position++;
		}
	}

	private boolean atEnd() {
		return this.position == this.field.length();
	}

}
