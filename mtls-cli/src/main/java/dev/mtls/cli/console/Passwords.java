package dev.mtls.cli.console;

import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Where a password comes from: never from the command line, which everybody on the
 * machine can read.
 *
 * @param option what the options for it begin with
 * @param file a file whose first line it is, or {@code null}
 * @param variable an environment variable that holds it, or {@code null}
 */
public record Passwords(String option, @Nullable Path file, @Nullable String variable) {

	/**
	 * Whether it is known without asking anybody.
	 * @return whether there is an option for it
	 */
	public boolean isGiven() {
		return this.file != null || this.variable != null;
	}

	/**
	 * Read the password.
	 * @param prompt what to ask with, if no option tells
	 * @return the password, which the caller overwrites
	 * @throws MtlsException if there is none
	 */
	public char[] read(String prompt) {
		if (this.file != null) {
			return ofFile(new PemFile(this.option + "-file", this.file));
		}
		return (this.variable != null) ? ofVariable(this.variable) : ask(prompt);
	}

	/**
	 * Have a new password typed, twice.
	 * @param prompt what to ask with
	 * @return the password, which the caller overwrites
	 * @throws MtlsException if there is none, or the two differ
	 */
	public char[] choose(String prompt) {
		char[] first = ask(prompt);
		char[] second = ask("Again");
		try {
			if (!Arrays.equals(first, second)) {
				throw new MtlsException(Reason.PASSWORD_WRONG, prompt, "The two passwords differ", "Try again");
			}
			return first;
		}
		finally {
			Arrays.fill(second, '\0');
		}
	}

	private char[] ofFile(PemFile source) {
		byte[] bytes = source.bytes();
		String line = new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("");
		Arrays.fill(bytes, (byte) 0);
		if (line.isEmpty()) {
			throw new MtlsException(Reason.PASSWORD_WRONG, "%s=%s".formatted(source.option(), source.path()),
					"Its first line is empty", "Write the password into it");
		}
		return line.toCharArray();
	}

	private char[] ofVariable(String name) {
		String value = System.getenv(name);
		if (value == null || value.isEmpty()) {
			throw new MtlsException(Reason.PASSWORD_WRONG, "%s-env=%s".formatted(this.option, name),
					"There is no such environment variable, or it is empty",
					"Export it, or use %s-file".formatted(this.option));
		}
		return value.toCharArray();
	}

	// The launcher has newer runtimes keep to what this asks for: null without a terminal
	@SuppressWarnings("SystemConsoleNull")
	private char[] ask(String prompt) {
		Console console = System.console();
		char[] password = (console != null) ? console.readPassword("%s: ", prompt) : null;
		if (password == null || password.length == 0) {
			throw new MtlsException(Reason.PASSWORD_WRONG, prompt,
					(console != null) ? "None was typed" : "There is no terminal to ask for it",
					"Use %s-file or %s-env".formatted(this.option, this.option));
		}
		return password;
	}

}
