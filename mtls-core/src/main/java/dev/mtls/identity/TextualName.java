package dev.mtls.identity;

import java.util.List;

/**
 * A type of subject alternative name that is text in ASCII characters (RFC 5280, section
 * 4.2.1.6).
 */
enum TextualName {

	DNS("DNS name", 253), URI("URI", 2048), EMAIL("e-mail address", 320);

	private final String label;

	private final int maxLength;

	TextualName(String label, int maxLength) {
		this.label = label;
		this.maxLength = maxLength;
	}

	/**
	 * Return an unmodifiable copy of names.
	 * @param names the names
	 * @return the copy
	 * @throws IllegalArgumentException if a name is empty, too long, or holds anything
	 * but printable ASCII characters
	 */
	List<String> copyOf(List<String> names) {
		names.forEach(this::check);
		return List.copyOf(names);
	}

	private void check(String name) {
		if (name.isEmpty()) {
			throw new IllegalArgumentException("The %s is empty".formatted(this.label));
		}
		if (name.length() > this.maxLength) {
			throw new IllegalArgumentException("A %s is longer than %d bytes".formatted(this.label, this.maxLength));
		}
		for (int i = 0; i < name.length(); i++) {
			if (name.charAt(i) < 0x20 || name.charAt(i) > 0x7e) {
				throw new IllegalArgumentException(
						"The %s '%s' holds a control character or one that is not ASCII".formatted(this.label, name));
			}
		}
	}

}
