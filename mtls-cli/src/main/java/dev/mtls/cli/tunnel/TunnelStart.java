package dev.mtls.cli.tunnel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.console.Passwords;
import dev.mtls.cli.console.PemFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

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
		checkFiles();
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
		this.given.text(Flags.STATUS).ifPresent((status) -> addStatus(properties, status));
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

	private void addStatus(Map<String, Object> properties, String status) {
		HostAndPort address = address(status);
		properties.put("server.address", address.host());
		properties.put("server.port", address.port());
	}

	private HostAndPort address(String status) {
		try {
			return HostAndPort.ofListener(status);
		}
		catch (MtlsException ex) {
			throw this.given.usage("%s=%s: %s. %s".formatted(Flags.STATUS, status, ex.problem(), ex.fix()));
		}
	}

	private String configLocation() {
		String file = this.given.text(Flags.CONFIG).orElseThrow();
		boolean known = file.matches(".*\\.(ya?ml|properties)");
		return "file:%s%s".formatted(Path.of(file).toAbsolutePath(), known ? "" : "[.yaml]");
	}

	private void checkFiles() {
		this.given.text(Flags.CONFIG).ifPresent((file) -> new PemFile(Flags.CONFIG, Path.of(file)).bytes());
		this.given.text(Flags.LOG_FILE).ifPresent((file) -> checkLog(Path.of(file).toAbsolutePath()));
	}

	private static void checkLog(Path file) {
		Path existing = Files.exists(file) ? file : file.getParent();
		if (Files.isDirectory(file) || existing == null || !Files.isWritable(existing)) {
			throw new MtlsException(Reason.TARGET_UNWRITABLE, "%s=%s".formatted(Flags.LOG_FILE, file),
					"It cannot be written", "Name a file in a directory that exists and may be written to");
		}
	}

	private static boolean contains(PemFile file, String text) {
		return new String(file.bytes(), StandardCharsets.ISO_8859_1).contains(text);
	}

}
