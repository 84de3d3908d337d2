package dev.mtls.cli.doctor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to connect to.
 *
 * @param host a host name or IP address, without brackets
 * @param port a port, from 1 to 65535
 */
record Target(String host, int port) {

	private static final int MAX_PORT = 65_535;

	private static final Pattern SYNTAX = Pattern
		.compile("(?:\\[([0-9A-Fa-f:.%\\w]+)]|([^\\s:/\\[\\]@]+)):([0-9]{1,5})");

	Target {
		if (host.isEmpty() || port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException("A target has a host and a port from 1 to " + MAX_PORT);
		}
	}

	/**
	 * Parse a target.
	 * @param text {@code host:port}, an IPv6 address in brackets
	 * @return the target
	 * @throws IllegalArgumentException if it is none; the message says how to write it
	 */
	static Target parse(String text) {
		Matcher matcher = SYNTAX.matcher(text);
		if (!matcher.matches()) {
			throw invalid(text);
		}
		int port = Integer.parseInt(matcher.group(3));
		if (port < 1 || port > MAX_PORT) {
			throw invalid(text);
		}
		return new Target((matcher.group(1) != null) ? matcher.group(1) : matcher.group(2), port);
	}

	private static IllegalArgumentException invalid(String text) {
		return new IllegalArgumentException(
				"'%s' is no host and port; write host:port, such as api.example.com:8443 or [::1]:8443"
					.formatted(text));
	}

	@Override
	public String toString() {
		return ((this.host.indexOf(':') != -1) ? "[%s]:%d" : "%s:%d").formatted(this.host, this.port);
	}

}
