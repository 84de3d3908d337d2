package dev.mtls.boot.forwarded;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import dev.mtls.address.Cidr;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

/**
 * Reads the address of a client from the header in which proxies tell it. Each proxy
 * appends the address that connected to it, so that the right-most is what the proxy saw
 * that is connected to us. Further proxies are passed over where they are known.
 */
public final class ForwardedAddress {

	private static final String X_FORWARDED_FOR = "X-Forwarded-For";

	private static final String FORWARDED = "Forwarded";

	private final AddressHeader header;

	private final Predicate<InetAddress> proxy;

	/**
	 * Read a header.
	 * @param header the header
	 * @param proxy whether an address is that of a proxy
	 */
	public ForwardedAddress(AddressHeader header, Predicate<InetAddress> proxy) {
		this.header = header;
		this.proxy = proxy;
	}

	/**
	 * Read the address.
	 * @param fields the fields of the request
	 * @return the right-most address that is not that of a proxy, nothing if the header
	 * is not there, or the denial with {@link Reason#ADDRESS_NOT_ALLOWED} if it is
	 * malformed or exceeds a bound
	 */
	public Verdict<Optional<InetAddress>> read(RequestFields fields) {
		try {
			return Verdict.accepted(client(hops(fields)));
		}
		catch (MalformedFieldException ex) {
			return Verdict.refused(Reason.ADDRESS_NOT_ALLOWED,
					"the proxy forwarded an address that cannot be read: " + ex.problem());
		}
	}

	private Optional<InetAddress> client(List<String> hops) throws MalformedFieldException {
		Optional<InetAddress> address = Optional.empty();
		for (int i = hops.size() - 1; i >= 0; i--) {
			InetAddress hop = parse(hops.get(i));
			address = Optional.of(hop);
			if (!this.proxy.test(hop)) {
				break;
			}
		}
		return address;
	}

	private List<String> hops(RequestFields fields) throws MalformedFieldException {
		if (this.header == AddressHeader.X_FORWARDED_FOR) {
			FieldLines lines = FieldLines.of(fields, X_FORWARDED_FOR);
			return lines.isEmpty() ? List.of() : Arrays.asList(lines.combined().split(",", -1));
		}
		FieldLines lines = FieldLines.of(fields, FORWARDED);
		List<String> hops = new ArrayList<>();
		if (!lines.isEmpty()) {
			for (List<ForwardedElements.Pair> element : ForwardedElements.parse(lines.combined())) {
				ForwardedElements.Pair hop = ForwardedElements.single(element, "for");
				hops.add((hop != null) ? hop.value() : "");
			}
		}
		return hops;
	}

	// RFC 7239, section 6: a node is an address, for IPv6 in brackets, and perhaps a
	// port.
	// Names of any kind are no addresses
	private static InetAddress parse(String node) throws MalformedFieldException {
		String text = node.strip();
		int port = text.lastIndexOf(':');
		boolean bracketed = text.startsWith("[");
		if (bracketed ? port > text.indexOf(']') : port >= 0 && port == text.indexOf(':')) {
			checkPort(text.substring(port + 1));
			text = text.substring(0, port);
		}
		if (bracketed) {
			if (!text.endsWith("]") || text.indexOf(':') < 0) {
				throw new MalformedFieldException("an IPv6 address has no closing bracket");
			}
			text = text.substring(1, text.length() - 1);
		}
		return literal(text);
	}

	private static void checkPort(String port) throws MalformedFieldException {
		if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			throw new MalformedFieldException("a port is not a number");
		}
	}

	private static InetAddress literal(String text) throws MalformedFieldException {
		try {
			if (text.indexOf('/') < 0) {
				return Cidr.parse(text).network();
			}
		}
		catch (MtlsException ex) {
			throw new MalformedFieldException("there is something else than an IP address");
		}
		throw new MalformedFieldException("there is a network in place of an IP address");
	}

}
