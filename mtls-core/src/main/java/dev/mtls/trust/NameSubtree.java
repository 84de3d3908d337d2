package dev.mtls.trust;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;

/**
 * The names that one entry of a name constraints extension is about (RFC 5280, section
 * 4.2.1.10).
 */
sealed interface NameSubtree {

	/**
	 * Which names it is about.
	 * @return the tag of their type in GeneralName
	 */
	int type();

	/**
	 * Whether a name lies in this subtree as a whole.
	 * @param name a name of this type
	 * @return {@code true} if it does
	 */
	boolean contains(ConstrainedName name);

	/**
	 * Whether a name, or one of the names that it stands for, lies in this subtree, or it
	 * is not known to lie outside.
	 * @param name a name of this type
	 * @return {@code true} if so
	 */
	default boolean touches(ConstrainedName name) {
		return name instanceof ConstrainedName.Incomparable || contains(name);
	}

	/**
	 * Read an entry.
	 * @param subtree the entry
	 * @return the subtree
	 * @throws IllegalArgumentException if it is malformed
	 */
	static NameSubtree of(GeneralSubtree subtree) {
		if ((subtree.getMinimum() != null && subtree.getMinimum().signum() != 0) || subtree.getMaximum() != null) {
			throw new IllegalArgumentException("a subtree has a minimum or maximum");
		}
		GeneralName base = subtree.getBase();
		return switch (base.getTagNo()) {
			case GeneralName.dNSName -> new Dns(domainOrAll(text(base)));
			case GeneralName.rfc822Name -> Email.parse(text(base));
			case GeneralName.uniformResourceIdentifier -> new Uri(hostOrDomain(text(base)));
			case GeneralName.directoryName ->
				new Directory(ConstrainedName.Directory.of(X500Name.getInstance(base.getName())).rdns());
			case GeneralName.iPAddress -> Ip.parse(ASN1OctetString.getInstance(base.getName()).getOctets());
			default -> new Unsupported(base.getTagNo());
		};
	}

	private static String text(GeneralName name) {
		return ASN1IA5String.getInstance(name.getName()).getString().toLowerCase(Locale.ROOT);
	}

	private static String domainOrAll(String text) {
		return text.isEmpty() ? text : domain(text, text);
	}

	private static String hostOrDomain(String text) {
		if (!text.isEmpty()) {
			domain(text.startsWith(".") ? text.substring(1) : text, text);
		}
		return text;
	}

	private static String domain(String domain, String text) {
		if (!Dns.NAME.matcher(domain).matches()) {
			throw new IllegalArgumentException("a subtree is '%s', which is malformed".formatted(text));
		}
		return domain;
	}

	// A constraint of a host, or after a period of a domain's hosts (URIs and e-mail)
	private static boolean isHostOf(String host, String constraint) {
		return constraint.isEmpty()
				|| (constraint.startsWith(".") ? host.endsWith(constraint) : host.equals(constraint));
	}

	/**
	 * A DNS name and all below it.
	 *
	 * @param domain the name in lower case, empty for all
	 */
	record Dns(String domain) implements NameSubtree {

		private static final Pattern NAME = Pattern
			.compile("(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\\.)*(?![0-9]+$)[a-z0-9_-]{1,63}");

		@Override
		public int type() {
			return GeneralName.dNSName;
		}

		@Override
		public boolean contains(ConstrainedName name) {
			return name instanceof ConstrainedName.Dns dns && isAtOrBelow(dns.name(), this.domain);
		}

		// *.example.com stands for a.example.com too, which may be excluded
		@Override
		public boolean touches(ConstrainedName name) {
			if (contains(name)) {
				return true;
			}
			int dot = this.domain.indexOf('.');
			return name instanceof ConstrainedName.Dns dns && dns.name().startsWith("*")
					&& dns.name().substring(1).equals((dot < 0) ? "" : this.domain.substring(dot));
		}

		private static boolean isAtOrBelow(String name, String domain) {
			if (domain.isEmpty() || name.equals(domain)) {
				return true;
			}
			int dot = name.length() - domain.length() - 1;
			return dot >= 0 && name.charAt(dot) == '.' && name.endsWith(domain);
		}

	}

	/**
	 * One mailbox, those of a host, or those of the hosts of a domain.
	 *
	 * @param localPart what stands before the {@code @} of a mailbox, else empty
	 * @param domain the host, or the domain after a period, in lower case
	 */
	record Email(String localPart, String domain) implements NameSubtree {

		static Email parse(String text) {
			int at = text.lastIndexOf('@');
			if (at < 0) {
				return new Email("", hostOrDomain(text));
			}
			if (at == 0 || text.indexOf('@') != at) {
				throw new IllegalArgumentException("a subtree is '%s', which is malformed".formatted(text));
			}
			return new Email(text.substring(0, at), NameSubtree.domain(text.substring(at + 1), text));
		}

		@Override
		public int type() {
			return GeneralName.rfc822Name;
		}

		@Override
		public boolean contains(ConstrainedName name) {
			// In any case, as mail is delivered, so that no spelling evades an exclusion
			return name instanceof ConstrainedName.Email email && isHostOf(email.domain(), this.domain)
					&& (this.localPart.isEmpty() || email.localPart().equalsIgnoreCase(this.localPart));
		}

	}

	/**
	 * The URIs of a host, or of the hosts of a domain.
	 *
	 * @param host the host, or the domain after a period, in lower case
	 */
	record Uri(String host) implements NameSubtree {

		@Override
		public int type() {
			return GeneralName.uniformResourceIdentifier;
		}

		@Override
		public boolean contains(ConstrainedName name) {
			return name instanceof ConstrainedName.Uri uri && isHostOf(uri.host(), this.host);
		}

	}

	/**
	 * A distinguished name and all below it.
	 *
	 * @param rdns the attributes of each relative distinguished name
	 */
	record Directory(List<Set<String>> rdns) implements NameSubtree {

		@Override
		public int type() {
			return GeneralName.directoryName;
		}

		@Override
		public boolean contains(ConstrainedName name) {
			return name instanceof ConstrainedName.Directory directory && directory.rdns().size() >= this.rdns.size()
					&& directory.rdns().subList(0, this.rdns.size()).equals(this.rdns);
		}

	}

	/**
	 * A network.
	 *
	 * @param network its address
	 * @param prefixLength the number of bits that count
	 */
	record Ip(InetAddress network, int prefixLength) implements NameSubtree {

		private static final int MAPPED_PREFIX = 96;

		static Ip parse(byte[] octets) {
			if (octets.length != 8 && octets.length != 32) {
				throw new IllegalArgumentException(
						"a subtree of IP addresses has %d bytes, not 8 or 32".formatted(octets.length));
			}
			byte[] mask = Arrays.copyOfRange(octets, octets.length / 2, octets.length);
			int prefixLength = prefixLength(mask);
			try {
				InetAddress network = InetAddress.getByAddress(Arrays.copyOf(octets, octets.length / 2));
				boolean mapped = network.getAddress().length < mask.length && prefixLength >= MAPPED_PREFIX;
				return new Ip(network, mapped ? prefixLength - MAPPED_PREFIX : prefixLength);
			}
			catch (UnknownHostException ex) {
				throw new IllegalArgumentException("a subtree holds no IP address", ex);
			}
		}

		@Override
		public int type() {
			return GeneralName.iPAddress;
		}

		@Override
		public boolean contains(ConstrainedName name) {
			return name instanceof ConstrainedName.Ip ip
					&& isWithin(ip.address().getAddress(), this.network.getAddress(), this.prefixLength);
		}

		private static boolean isWithin(byte[] address, byte[] network, int prefixLength) {
			if (address.length != network.length || prefixLength > network.length * Byte.SIZE) {
				return false;
			}
			int bytes = prefixLength / Byte.SIZE;
			int rest = Byte.SIZE - prefixLength % Byte.SIZE;
			return Arrays.equals(address, 0, bytes, network, 0, bytes)
					&& (rest == Byte.SIZE || (address[bytes] & 0xff) >> rest == (network[bytes] & 0xff) >> rest);
		}

		private static int prefixLength(byte[] mask) {
			int length = 0;
			while (length < mask.length * Byte.SIZE && isSet(mask, length)) {
				length++;
			}
			for (int bit = length; bit < mask.length * Byte.SIZE; bit++) {
				if (isSet(mask, bit)) {
					throw new IllegalArgumentException("the mask of a subtree of IP addresses has a gap");
				}
			}
			return length;
		}

		private static boolean isSet(byte[] mask, int bit) {
			return (mask[bit / Byte.SIZE] & (0x80 >> bit % Byte.SIZE)) != 0;
		}

	}

	/**
	 * Names of a type whose constraints are not supported: any name of it violates them
	 * (RFC 5280, section 4.2.1.10: process the constraint or reject the certificate).
	 *
	 * @param type the tag of the type in GeneralName
	 */
	record Unsupported(int type) implements NameSubtree {

		@Override
		public boolean contains(ConstrainedName name) {
			return false;
		}

		@Override
		public boolean touches(ConstrainedName name) {
			return true;
		}

	}

}
