package dev.mtls.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.mtls.boot.gate.KillSwitchFile;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.KillSwitch;

/**
 * The property {@value #NAME}: {@code true}, {@code false}, or a {@code file:} location
 * whose presence means on.
 */
final class KillSwitchProperty {

	static final String NAME = "mtls.kill-switch";

	private static final String FILE = "file:";

	private final boolean engaged;

	private final @Nullable Path file;

	private KillSwitchProperty(boolean engaged, @Nullable Path file) {
		this.engaged = engaged;
		this.file = file;
	}

	static KillSwitchProperty of(Environment environment) {
		String value = environment.getProperty(NAME, "false").strip();
		if (value.startsWith(FILE)) {
			return new KillSwitchProperty(false, Path.of(value.substring(FILE.length())));
		}
		if (!value.equals("true") && !value.equals("false")) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(NAME, value),
					"it is neither true nor false nor the location of a file",
					"set it to a location such as file:/run/mtls/kill, whose presence means on");
		}
		return new KillSwitchProperty(value.equals("true"), null);
	}

	boolean isEngaged() {
		return (this.file != null) ? Files.exists(this.file) : this.engaged;
	}

	Optional<Runnable> watch(KillSwitch killSwitch) {
		return (this.file != null) ? Optional.of(new KillSwitchFile(this.file, killSwitch)) : Optional.empty();
	}

}
