package dev.mtls.cli.tunnel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import dev.mtls.cli.console.PasswordOptions;
import dev.mtls.decision.MtlsException;

/**
 * The flags that a command line has.
 *
 * @param spec the command
 * @param flags the flags that it may have
 * @param values the values by the names of the flags
 */
record GivenFlags(CommandSpec spec, Flags flags, Map<String, Object> values) {

	private static final Set<String> BESIDE_A_FILE = Set.of(Flags.CONFIG, Flags.STATUS, Flags.LOG_FILE,
			Flags.LOG_FORMAT, Flags.VERBOSE, Flags.DEBUG);

	GivenFlags {
		values = Map.copyOf(values);
	}

	static GivenFlags of(CommandSpec spec, Flags flags) {
		Map<String, Object> values = new LinkedHashMap<>();
		for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
			Object value = option.getValue();
			if (value != null) {
				values.put(option.longestName(), value);
			}
		}
		return new GivenFlags(spec, flags, values);
	}

	boolean has(String flag) {
		return this.values.containsKey(flag);
	}

	/**
	 * Find the first flag of several that is given.
	 * @param names the flags
	 * @return the flag, or {@code null} if there is none
	 */
	@Nullable String first(List<String> names) {
		return names.stream().filter(this::has).findFirst().orElse(null);
	}

	Optional<String> text(String flag) {
		return Optional.ofNullable(this.values.get(flag)).map(Object::toString);
	}

	/**
	 * Read an address.
	 * @param <T> the type of the address
	 * @param flag the flag
	 * @param reader reads the text
	 * @return the address, or nothing without the flag
	 * @throws ParameterException if the text is no address
	 */
	<T> Optional<T> address(String flag, Function<String, T> reader) {
		return text(flag).map((text) -> {
			try {
				return reader.apply(text);
			}
			catch (MtlsException ex) {
				throw usage("%s=%s: %s. %s".formatted(flag, text, ex.problem(), ex.fix()));
			}
		});
	}

	/**
	 * The name of the tunnel that the flags are about.
	 * @return the name
	 */
	String tunnel() {
		return text(Flags.NAME).orElse(Flags.DEFAULT_NAME);
	}

	/**
	 * Whether a file says what tunnels there are.
	 * @param password the options for passwords
	 * @return whether there is one
	 * @throws ParameterException if flags say it as well
	 */
	boolean isConfiguredByFile(PasswordOptions password) {
		if (!has(Flags.CONFIG)) {
			return false;
		}
		this.values.keySet()
			.stream()
			.filter((flag) -> !BESIDE_A_FILE.contains(flag))
			.sorted()
			.findFirst()
			.ifPresent((flag) -> {
				throw usage("%s and --config exclude each other; write it into the file".formatted(flag));
			});
		if (password.passwords().isGiven()) {
			throw usage("--password-… and --config exclude each other; write it into the file");
		}
		return true;
	}

	ParameterException usage(String message) {
		return new ParameterException(this.spec.commandLine(), message);
	}

}
