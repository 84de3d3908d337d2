package dev.mtls.address;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * A host and a port, as {@code host:port} texts hold them: {@code api.example.com:8443},
 * {@code 192.0.2.1:8443} or, with an IPv6 address in brackets (RFC 3986, section 3.2.2),
 * {@code [2001:db8::1]:8443}. Nothing is looked up.
 *
 * @param host a DNS name in A-labels, with or without a dot at its end, or an IP address
 * without brackets; an IPv6 address may have a zone
 * @param port the port, from 0 to 65535
 */
public record HostAndPort(String host, int port) {

	private static final int MAX_LENGTH = 255;

	private static final int MAX_PORT = 65_535;

	private static final int MAX_QUOTED = 100;

	private static final String FORM = "Write a host and a port, such as api.example.com:8443 or [2001:db8::1]:8443";

	private static final Pattern TEXT = Pattern.compile("(?:\\[([^\\[\\]]*:[^\\[\\]]*)]|([^:\\[\\]]+)):([0-9]{1,5})");

	private static final Pattern NAME = Pattern
		.compile("(?:[A-Za-z0-9_-]{1,63}\\.)*(?![0-9]+\\.?$|0[xX])[A-Za-z0-9_-]{1,63}\\.?");

	private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9_.-]{1,32}$");

	/**
	 * Create a host and port.
	 * @throws MtlsException if the host is neither a name nor an address, or the port is
	 * no port ({@link Reason#CONFIGURATION_INVALID})
	 */
	public HostAndPort {
		if (host.length() > MAX_LENGTH || !isHost(host)) {
			throw invalid(host, "There is no host name or IP address that could be used");
		}
		if (port < 0 || port > MAX_PORT) {
			throw invalid("%s:%d".formatted(host, port), "A port is a number from 0 to " + MAX_PORT);
		}
	}

	/**
	 * Read where to connect to.
	 * @param text a text such as {@code api.example.com:8443}
	 * @return the host and port
	 * @throws MtlsException if the text is none, or its port is 0
	 * ({@link Reason#CONFIGURATION_INVALID})
	 */
	public static HostAndPort ofPeer(String text) {
		return parse(text).toConnect();
	}

	/**
	 * Read where to listen.
	 * @param text a text such as {@code 0.0.0.0:8443}; port 0 stands for a free one
	 * @return the host and port
	 * @throws MtlsException if the text is none ({@link Reason#CONFIGURATION_INVALID})
	 */
	public static HostAndPort ofListener(String text) {
		return parse(text);
	}

	/**
	 * The address and port of a socket.
	 * @param address the address, which has been resolved
	 * @return the host and port, with the zone of an IPv6 address
	 */
	public static HostAndPort of(InetSocketAddress address) {
		String text = address.getAddress().getHostAddress();
		int zone = text.indexOf('%');
		return new HostAndPort(AddressText.of(address.getAddress()) + ((zone != -1) ? text.substring(zone) : ""),
				address.getPort());
	}

	/**
	 * Check that this can be connected to.
	 * @return this
	 * @throws MtlsException if the port is 0 ({@link Reason#CONFIGURATION_INVALID})
	 */
	public HostAndPort toConnect() {
		if (this.port == 0) {
			throw invalid(toString(), "Nobody can connect to port 0");
		}
		return this;
	}

	/**
	 * The text form.
	 * @return a text such as {@code [2001:db8::1]:8443}
	 */
	@Override
	public String toString() {
		return ((this.host.indexOf(':') != -1) ? "[%s]:%d" : "%s:%d").formatted(this.host, this.port);
	}

	private static HostAndPort parse(String text) {
		if (text.length() > MAX_LENGTH) {
			throw invalid(text, "It is longer than %d characters".formatted(MAX_LENGTH));
		}
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw invalid(text, "It is not a host and a port");
		}
		String host = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		return new HostAndPort(host, Integer.parseInt(matcher.group(3)));
	}

	private static boolean isHost(String host) {
		return (host.indexOf(':') != -1) ? isAddress(ZONE.matcher(host).replaceFirst(""))
				: NAME.matcher(host).matches() || isAddress(host);
	}

	private static boolean isAddress(String host) {
		try {
			new CidrParser(host).parse();
			return host.indexOf('/') == -1;
		}
		catch (MtlsException ex) {
			return false;
		}
	}

	private static MtlsException invalid(String text, String problem) {
		String place = text.isBlank() ? "(empty host:port)" : PrintableText.of(text, MAX_QUOTED);
		return new MtlsException(Reason.CONFIGURATION_INVALID, place, problem, FORM);
	}

}
