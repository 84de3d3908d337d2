package dev.mtls.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * IP addresses as text, read strictly and without ever asking a resolver.
 */
final class IpLiteral {

	private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

	private static final String DOTTED_QUAD = OCTET + "(?:\\." + OCTET + "){3}";

	private static final Pattern IPV4 = Pattern.compile(DOTTED_QUAD);

	private static final Pattern IPV6_CHARACTERS = Pattern
		.compile("(?=.*:)[0-9a-fA-F:]{2,45}(?:(?<=:)" + DOTTED_QUAD + ")?");

	private IpLiteral() {
	}

	/**
	 * Read an address. An IPv4-mapped IPv6 address is its IPv4 address.
	 * @param text the text, without brackets and zone
	 * @return the address, or {@code null} if the text is none
	 */
	static @Nullable InetAddress parse(String text) {
		if (!IPV4.matcher(text).matches() && !IPV6_CHARACTERS.matcher(text).matches()) {
			return null;
		}
		try {
			// A text that holds a colon is never looked up, one of four numbers neither
			return InetAddress.getByName(text);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
