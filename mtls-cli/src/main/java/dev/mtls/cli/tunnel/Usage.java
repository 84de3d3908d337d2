package dev.mtls.cli.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.tcp.tunnel.TunnelAddress;

/**
 * Refuses flags that are missing or contradict each other, before anything is read.
 */
final class Usage {

	private static final Pattern TUNNEL_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

	private static final List<String> OWN = List.of(Flags.CERT, Flags.KEY_STORE, Flags.KEY);

	private static final List<String> NAMES = List.of("--allow-cn", "--allow-ou", "--allow-dns", "--allow-uri",
			"--allow-ip", "--allow-spki");

	private Usage() {
	}

	static void checkServer(GivenFlags given) {
		checkTunnel(given);
		checkKey(given);
		boolean open = given.has(Flags.DISABLE_AUTHENTICATION);
		exclude(given, Flags.DISABLE_AUTHENTICATION, with(NAMES, Flags.ALLOW_ALL), "nobody is asked for a certificate");
		exclude(given, Flags.ALLOW_ALL, NAMES, "everybody whom --ca vouches for is let in");
		if (!open && !given.has(Flags.ALLOW_ALL) && given.first(with(NAMES, "--allow-network")) == null) {
			throw given.usage("Nobody would be let in; say who with --allow-cn, --allow-ou, --allow-dns, --allow-uri,"
					+ " --allow-ip, --allow-spki or --allow-network, or give --allow-all");
		}
		if (!open) {
			require(given, Flags.CA, "whose issuers are trusted");
		}
		given.address(Flags.LISTEN, TunnelAddress::ofListener);
		given.address(Flags.TARGET, TunnelAddress::ofTarget)
			.ifPresent((target) -> checkPlain(given, Flags.TARGET, target, Flags.UNSAFE_TARGET));
	}

	static void checkClient(GivenFlags given) {
		checkTunnel(given);
		require(given, Flags.CA, "whose issuers are trusted");
		if (!given.has(Flags.DISABLE_AUTHENTICATION)) {
			checkKey(given);
		}
		exclude(given, Flags.DISABLE_AUTHENTICATION, OWN, "no certificate is shown to the server");
		if (given.has(Flags.DISABLE_AUTHENTICATION) && given.has(Flags.STATUS)) {
			throw given.usage("--status and --disable-authentication exclude each other, because there is no"
					+ " certificate to serve it with");
		}
		given.address(Flags.TARGET, TunnelAddress::ofTarget);
		given.address(Flags.LISTEN, TunnelAddress::ofListener)
			.ifPresent((listen) -> checkPlain(given, Flags.LISTEN, listen, Flags.UNSAFE_LISTEN));
	}

	private static void checkTunnel(GivenFlags given) {
		require(given, Flags.LISTEN, "where to listen");
		require(given, Flags.TARGET, "where to connect to");
		if (!TUNNEL_NAME.matcher(given.tunnel()).matches()) {
			throw given.usage("--name=%s is no name of a tunnel; write a-z, 0-9 and -, at most 63 of them"
				.formatted(given.tunnel()));
		}
	}

	private static void checkKey(GivenFlags given) {
		if (given.first(OWN) == null) {
			throw given.usage("Missing required option: --cert or --key-store, the tunnel's own certificate");
		}
		exclude(given, Flags.KEY_STORE, List.of(Flags.CERT, Flags.KEY), "the store holds certificate and key");
		if (given.has(Flags.KEY) && !given.has(Flags.CERT)) {
			throw given.usage("--key is of no use without --cert; give the certificate of the key too");
		}
	}

	private static void checkPlain(GivenFlags given, String flag, TunnelAddress address, String unsafe) {
		if (!address.isLocal() && !given.has(unsafe)) {
			throw given.usage(("%s=%s: What is sent there has no protection, and it may not be on this machine. Give an"
					+ " address of the loopback interface or a Unix domain socket, or %s")
				.formatted(flag, address, unsafe));
		}
	}

	private static void require(GivenFlags given, String flag, String meaning) {
		if (!given.has(flag)) {
			throw given.usage("Missing required option: %s, %s".formatted(flag, meaning));
		}
	}

	private static void exclude(GivenFlags given, String flag, List<String> others, String why) {
		@Nullable String other = given.has(flag) ? given.first(others) : null;
		if (other != null) {
			throw given.usage("%s and %s exclude each other, because with %s %s".formatted(flag, other, flag, why));
		}
	}

	private static List<String> with(List<String> flags, String another) {
		return new ArrayList<>(Stream.concat(flags.stream(), Stream.of(another)).toList());
	}

}
