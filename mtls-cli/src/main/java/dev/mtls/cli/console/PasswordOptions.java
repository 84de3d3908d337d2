package dev.mtls.cli.console;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Where the password of an encrypted key comes from.
 */
public final class PasswordOptions {

	@Option(names = "--password-file", paramLabel = "FILE",
			description = "File whose first line is the password of an encrypted key.")
	private @Nullable Path file;

	@Option(names = "--password-env", paramLabel = "NAME",
			description = "Environment variable that holds the password. Without it and the file, you are asked.")
	private @Nullable String variable;

	/**
	 * Where it comes from.
	 * @return the source
	 */
	public Passwords passwords() {
		return new Passwords("--password", this.file, this.variable);
	}

}
