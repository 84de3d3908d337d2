package dev.mtls.cli.tunnel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Model.CommandSpec;

/**
 * The flags of a command, and the properties that they become.
 */
final class Flags {

	/**
	 * Stands for the name of the tunnel in properties of it.
	 */
	static final String TUNNEL = "mtls.tunnels.*.";

	static final String CONFIG = "--config";

	static final String NAME = "--name";

	static final String DEFAULT_NAME = "tunnel";

	static final String LISTEN = "--listen";

	static final String TARGET = "--target";

	static final String CERT = "--cert";

	static final String KEY = "--key";

	static final String KEY_STORE = "--key-store";

	static final String CA = "--ca";

	static final String CRL = "--crl";

	static final String ALLOW_ALL = "--allow-all";

	static final String DISABLE_AUTHENTICATION = "--disable-authentication";

	static final String UNSAFE_LISTEN = "--unsafe-listen";

	static final String UNSAFE_TARGET = "--unsafe-target";

	static final String SHUTDOWN_TIMEOUT = "--shutdown-timeout";

	static final String STATUS = "--status";

	static final String LOG_FILE = "--log-file";

	static final String LOG_FORMAT = "--log-format";

	static final String VERBOSE = "--verbose";

	static final String DEBUG = "--debug";

	/** What a name of a certificate is called in flags, and in rules. */
	private static final Map<String, String> NAMES = names();

	private final List<Flag> flags;

	private Flags(List<Flag> flags) {
		this.flags = List.copyOf(flags);
	}

	/**
	 * The flags that every command has.
	 * @return the flags
	 */
	static Flags ofAny() {
		return new Flags(output());
	}

	/**
	 * The flags of a server.
	 * @return the flags
	 */
	static Flags ofServer() {
		List<Flag> flags = new ArrayList<>();
		addCommon(flags, "mtls.server.");
		NAMES.forEach((name, rule) -> flags.add(Flag.texts("--allow-" + name, "NAME", "mtls.server.allowed-clients",
				rule, "Let in clients whose certificate has this %s.".formatted(described(name)))));
		addConditions(flags, "--allow-", "clients", "mtls.server.");
		flags.add(Flag.on(ALLOW_ALL, TUNNEL + "allow-all",
				"Let in every client whose certificate an authority of --ca has issued."));
		flags.add(Flag.on(DISABLE_AUTHENTICATION, TUNNEL + "disable-authentication",
				"Ask for no certificate, and let in everybody."));
		flags.add(Flag.on(UNSAFE_TARGET, TUNNEL + "unsafe-target",
				"Allow a --target on another machine, to which everything goes unencrypted."));
		flags.add(Flag.of(Duration.class, "--handshake-timeout", "DURATION", TUNNEL + "limits.handshake-timeout",
				"How long a TLS handshake may take; 10s unless given."));
		flags.addAll(output());
		return new Flags(flags);
	}

	/**
	 * The flags of a client.
	 * @return the flags
	 */
	static Flags ofClient() {
		List<Flag> flags = new ArrayList<>();
		addCommon(flags, "mtls.client.");
		NAMES.forEach((name, rule) -> flags.add(Flag.texts("--verify-" + name, "NAME", "mtls.client.allowed-servers",
				rule, "Connect to servers whose certificate has this %s.".formatted(described(name)))));
		addConditions(flags, "--verify-", "servers", "mtls.client.");
		flags.add(Flag.text("--server-name", "NAME", TUNNEL + "server-name",
				"Ask for this name (SNI), and look for it in the server's certificate, in place of the host of --target."));
		flags.add(Flag.of(ServerCheck.class, "--server-check", "CHECK", "mtls.client.server-check",
				"What the certificate of the server must hold beside what --verify-… say: ${COMPLETION-CANDIDATES}. hostname, unless"
						+ " given; identity looks at --verify-… alone."));
		flags.add(Flag.on(DISABLE_AUTHENTICATION, TUNNEL + "disable-authentication", "Have no certificate."));
		flags.add(Flag.on(UNSAFE_LISTEN, TUNNEL + "unsafe-listen",
				"Allow a --listen that other machines reach, from which everything comes unencrypted."));
		flags.add(Flag.of(Duration.class, "--handshake-timeout", "DURATION", "mtls.client.handshake-timeout",
				"How long a TLS handshake may take; 10s unless given."));
		flags.addAll(output());
		return new Flags(flags);
	}

	/**
	 * Have a command take them.
	 * @param spec the command
	 * @return the command
	 */
	CommandSpec addTo(CommandSpec spec) {
		this.flags.forEach((flag) -> spec.addOption(flag.option()));
		return spec;
	}

	List<Flag> all() {
		return this.flags;
	}

	/**
	 * The properties that flags become.
	 * @param given the values by the names of the flags
	 * @param tunnel the name of the tunnel
	 * @return the properties
	 */
	Map<String, Object> properties(Map<String, Object> given, String tunnel) {
		Map<String, Object> properties = new LinkedHashMap<>();
		for (Flag flag : this.flags) {
			Object value = given.get(flag.name());
			String property = propertyOf(flag, tunnel);
			if (value == null || property.isEmpty()) {
				continue;
			}
			if (value instanceof List<?> values) {
				values.forEach((each) -> properties.put(nextIndex(properties, property), flag.propertyValue(each)));
			}
			else {
				properties.put(property, flag.propertyValue(value));
			}
		}
		return properties;
	}

	static String propertyOf(Flag flag, String tunnel) {
		return flag.property().replace(TUNNEL, "mtls.tunnels.%s.".formatted(tunnel));
	}

	private static String nextIndex(Map<String, Object> properties, String property) {
		int index = 0;
		while (properties.containsKey("%s[%d]".formatted(property, index))) {
			index++;
		}
		return "%s[%d]".formatted(property, index);
	}

	private static void addCommon(List<Flag> flags, String side) {
		flags.add(Flag.text(LISTEN, "ADDRESS", TUNNEL + "listen",
				"Where to listen: host:port, [IPv6]:port or unix:/path. Port 0 is any free one."));
		flags.add(Flag.text(TARGET, "ADDRESS", TUNNEL + "target",
				"Where to connect to: host:port, [IPv6]:port or unix:/path."));
		flags.add(Flag.text(NAME, "NAME", "", "The name of the tunnel in logs and metrics; tunnel unless given."));
		flags.add(Flag.file(CERT, side + "certificate", "The certificate with its intermediates, as PEM."));
		flags.add(Flag.file(KEY, side + "private-key",
				"Its private key, as PEM. Without it, the key is read from the file of --cert, or from that beside it which ends in .key."));
		flags.add(Flag.file(KEY_STORE, side + "key-store.location",
				"A PKCS#12 store with certificate and key, in place of --cert and --key."));
		flags.add(Flag.texts(CA, "FILE", side + "trust-certificates", "file:",
				"Trusted authorities, as PEM or DER. May be given several times."));
		flags.add(Flag.texts(CRL, "FILE", side + "revocation.crls", "file:",
				"Revoked certificates. With it, a certificate that no CRL covers is refused. May be given several times."));
		flags.add(Flag.texts("--tls-version", "VERSION", side + "protocols", "",
				"A version of TLS to speak, TLSv1.2 or TLSv1.3; both unless given. May be given several times."));
		flags.add(Flag.on("--proxy-protocol", TUNNEL + "proxy-protocol",
				"Send the target a header of the PROXY protocol, version 2, with the client's address and certificate."));
		flags.add(Flag.of(Integer.class, "--max-connections", "N", TUNNEL + "limits.connections",
				"How many connections may be there at once; any number unless given."));
		flags.add(Flag.of(Integer.class, "--connect-retries", "N", TUNNEL + "retry.max-attempts",
				"How often connecting to the target is tried again, after pauses that double and vary at random; not at all unless given."));
		addTimeouts(flags);
		flags.add(Flag.of(Duration.class, "--reload-interval", "DURATION", "mtls.reload.interval",
				"How often to look for changes of the files; 10s unless given. SIGHUP and SIGUSR1 look at once."));
	}

	private static void addTimeouts(List<Flag> flags) {
		flags.add(Flag.of(Duration.class, "--connect-timeout", "DURATION", TUNNEL + "connect-timeout",
				"How long connecting to an address of the target may take; 10s unless given."));
		flags.add(Flag.of(Duration.class, "--close-timeout", "DURATION", TUNNEL + "close-timeout",
				"How long one side may say nothing after the other has ended; 10s unless given."));
		flags.add(Flag.of(Duration.class, "--idle-timeout", "DURATION", TUNNEL + "idle-timeout",
				"How long both sides may say nothing; any time unless given."));
		flags.add(Flag.of(Duration.class, "--max-lifetime", "DURATION", TUNNEL + "max-lifetime",
				"How old a connection may become; any age unless given."));
		flags.add(Flag.of(Duration.class, SHUTDOWN_TIMEOUT, "DURATION", TUNNEL + "shutdown-timeout",
				"How long connections may go on after SIGTERM or SIGINT; 30s unless given. A second signal ends them at once."));
	}

	private static void addConditions(List<Flag> flags, String prefix, String peers, String side) {
		flags.add(Flag.texts(prefix + "spki", "DIGEST", side + "pins", "spki-sha256:",
				"Beside that, only %s of whose chain a certificate has the key with this SHA-256 digest, as Base64 or hexadecimal digits."
					.formatted(peers)));
		flags.add(Flag.texts(prefix + "network", "CIDR", side + "allowed-networks", "",
				"Beside that, only %s in this network, such as 10.0.0.0/8.".formatted(peers)));
	}

	private static List<Flag> output() {
		return List.of(
				Flag.text(CONFIG, "FILE", "",
						"A file with tunnels, in the format of Spring Boot, in place of flags about a tunnel."),
				Flag.text(STATUS, "HOST:PORT", "",
						"Serve /health, /metrics and /_status here over HTTPS, with the tunnel's certificate, to everybody who can connect."),
				Flag.text(LOG_FILE, "FILE", "logging.file.name",
						"Log to this file too. It is rotated every day and every 10 MB."),
				Flag.of(LogFormat.class, LOG_FORMAT, "FORMAT", "",
						"How the log is written: ${COMPLETION-CANDIDATES}. text unless given."),
				Flag.on(VERBOSE, "", "Log what the tunnel does in detail."),
				Flag.on(DEBUG, "", "Log what everything below it does, too."));
	}

	private static String described(String name) {
		return switch (name) {
			case "cn" -> "common name";
			case "ou" -> "organizational unit";
			case "dns" -> "DNS name, where *. stands for one more label";
			case "uri" -> "URI, or SPIFFE ID such as spiffe://example.org/ns/*/sa/**";
			default -> "IP address";
		};
	}

	private static Map<String, String> names() {
		Map<String, String> names = new LinkedHashMap<>();
		for (String name : List.of("cn", "ou", "dns", "uri", "ip")) {
			names.put(name, name + ":");
		}
		return names;
	}

}
