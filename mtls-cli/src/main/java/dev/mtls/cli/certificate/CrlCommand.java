package dev.mtls.cli.certificate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mtls crl}.
 */
@Command(name = "crl", mixinStandardHelpOptions = true, description = "Shows lists of revoked certificates.",
		synopsisSubcommandLabel = "COMMAND", subcommands = CrlShowCommand.class)
public final class CrlCommand implements Runnable {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Override
	public void run() {
		throw new ParameterException(this.spec.commandLine(), "'mtls crl' needs a command, such as show");
	}

}
