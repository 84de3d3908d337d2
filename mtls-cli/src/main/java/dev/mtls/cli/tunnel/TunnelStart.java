package dev.mtls.cli.tunnel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.Passwords;
import dev.mtls.cli.console.PemFile;

/**
 * Turns flags into the properties of an application, and runs it.
 */
final class TunnelStart {

	private static final String ENCRYPTED = "ENCRYPTED";

	private final GivenFlags given;

	private final @Nullable String role;

	private final @Nullable Passwords password;

	/**
	 * Create the start of the tunnels of a file.
	 * @param given the flags
	 */
	TunnelStart(GivenFlags given) {
		this.given = given;
		this.role = null;
		this.password = null;
	}

	/**
	 * Create the start of one tunnel.
	 * @param given the flags
	 * @param role the role of the tunnel
	 * @param password where the password of the key comes from
	 */
	TunnelStart(GivenFlags given, String role, Passwords password) {
		this.given = given;
		this.role = role;
		this.password = password;
	}

	/**
	 * Run until a signal ends it.
	 * @return the exit status
	 */
	int run() {
		Map<String, Object> properties = properties();
		new StartChecks(this.given).check();
		NettySettings.apply();
		try {
			new TunnelApplication(properties, this.role == null, this.given.has(Flags.STATUS)).run();
			return ExitStatus.OK;
		}
		catch (RuntimeException ex) {
			throw new StartFailure(this.given).translate(ex);
		}
	}

	/**
	 * The properties that the flags become.
	 * @return the properties
	 */
	Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>(
				this.given.flags().properties(this.given.values(), this.given.tunnel()));
		if (this.role != null) {
			addTunnel(properties, this.role);
		}
		else {
			properties.put("spring.config.location", configLocation());
		}
		addLog(properties);
		this.given.address(Flags.STATUS, HostAndPort::ofListener)
			.ifPresent((address) -> addStatus(properties, address));
		return properties;
	}

	private void addTunnel(Map<String, Object> properties, String tunnelRole) {
		properties.put("mtls.tunnels.%s.role".formatted(this.given.tunnel()), tunnelRole);
		properties.put("spring.config.location", "");
		String side = "mtls.%s.".formatted(tunnelRole);
		this.given.text(Flags.CERT).ifPresent((certificate) -> addKey(properties, side, certificate));
		this.given.text(Flags.KEY_STORE)
			.ifPresent((store) -> putPassword(properties, side + "key-store.password", store));
		if (this.given.values().get(Flags.SHUTDOWN_TIMEOUT) instanceof Duration timeout) {
			// With time to cut what is left then
			properties.put("spring.lifecycle.timeout-per-shutdown-phase", timeout.plusSeconds(1).toString());
		}
	}

	private void addKey(Map<String, Object> properties, String side, String certificate) {
		PemFile certificates = new PemFile(Flags.CERT, Path.of(certificate));
		PemFile key = this.given.text(Flags.KEY)
			.map((file) -> new PemFile(Flags.KEY, Path.of(file)))
			.orElseGet(() -> contains(certificates, "PRIVATE KEY-----") ? certificates
					: certificates.sibling(Flags.KEY, ".key"));
		properties.put(side + "private-key", Flag.literal("file:" + key.path()));
		if ((this.password != null && this.password.isGiven()) || contains(key, ENCRYPTED)) {
			putPassword(properties, side + "private-key-password", key.path().toString());
		}
	}

	private void putPassword(Map<String, Object> properties, String property, String file) {
		if (this.password != null) {
			properties.put(property,
					Flag.literal(String.valueOf(this.password.read("Password of %s".formatted(file)))));
		}
	}

	private void addLog(Map<String, Object> properties) {
		Object format = this.given.values().get(Flags.LOG_FORMAT);
		if (format != null && format != LogFormat.TEXT) {
			properties.put("logging.structured.format.console", format.toString());
			properties.put("logging.structured.format.file", format.toString());
		}
		if (this.given.has(Flags.DEBUG)) {
			properties.put("logging.level.root", "debug");
			properties.put("logging.level.dev.mtls", "debug");
		}
		else if (this.given.has(Flags.VERBOSE)) {
			properties.put("logging.level.dev.mtls", "debug");
		}
	}

	private static void addStatus(Map<String, Object> properties, HostAndPort address) {
		properties.put("server.address", address.host());
		properties.put("server.port", address.port());
	}

	private String configLocation() {
		String file = this.given.text(Flags.CONFIG).orElseThrow();
		boolean known = file.matches(".*\\.(ya?ml|properties)");
		return "file:%s%s".formatted(Path.of(file).toAbsolutePath(), known ? "" : "[.yaml]");
	}

	private static boolean contains(PemFile file, String text) {
		return new String(file.bytes(), StandardCharsets.ISO_8859_1).contains(text);
	}

}
