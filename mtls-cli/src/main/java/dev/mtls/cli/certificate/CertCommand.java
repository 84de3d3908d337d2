package dev.mtls.cli.certificate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mtls cert}.
 */
@Command(name = "cert", mixinStandardHelpOptions = true, description = "Makes, shows, checks and revokes certificates.",
		synopsisSubcommandLabel = "COMMAND", subcommands = { CertCreateCommand.class, CertShowCommand.class,
				CertCheckCommand.class, CertRenewCommand.class, CertRevokeCommand.class })
public final class CertCommand implements Runnable {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Override
	public void run() {
		throw new ParameterException(this.spec.commandLine(), "'mtls cert' needs a command, such as create");
	}

}
