package dev.mtls.boot.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;

/**
 * Opens a {@link Gate}.
 */
@FunctionalInterface
interface GateOpener {

	/**
	 * Open a gate.
	 * @param settings gives the settings for the options of the SSL bundle
	 * @param locations where key, trust and rules are
	 * @param bundle the name of the SSL bundle to take key and trust from, or
	 * {@code null} if the locations have them
	 * @return the gate
	 */
	Gate open(Function<SslOptions, GateSettings> settings, SnapshotLocations locations, @Nullable String bundle);

}
