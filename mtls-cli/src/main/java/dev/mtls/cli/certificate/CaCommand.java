package dev.mtls.cli.certificate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mtls ca}.
 */
@Command(name = "ca", mixinStandardHelpOptions = true, description = "Makes authorities.",
		synopsisSubcommandLabel = "COMMAND", subcommands = CaCreateCommand.class)
public final class CaCommand implements Runnable {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Override
	public void run() {
		throw new ParameterException(this.spec.commandLine(), "'mtls ca' needs a command, such as create");
	}

}
