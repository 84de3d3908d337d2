package dev.mtls.cli.tunnel;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code mtls tunnel}: runs the tunnels of a file.
 */
@Command(name = "tunnel", mixinStandardHelpOptions = true, modelTransformer = TunnelCommand.Options.class,
		description = { "Runs tunnels, which put mutual TLS between two sides that speak plain TCP.",
				"'mtls tunnel server' and 'mtls tunnel client' run one that flags describe; with --config, any number"
						+ " that a file does." },
		subcommands = { TunnelServerCommand.class, TunnelClientCommand.class },
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:A signal ended it.", "1:It could not be started.", "2:The command line is wrong." },
		footerHeading = "%nA file with tunnels:%n",
		footer = { "  mtls:", "    server:", "      certificate: file:/etc/tls/server.crt",
				"      private-key: file:/etc/tls/server.key", "      trust-certificates: file:/etc/tls/ca.crt",
				"      allowed-clients: cn:billing", "    tunnels:", "      redis:", "        role: server",
				"        listen: 0.0.0.0:6380", "        target: 127.0.0.1:6379" })
public final class TunnelCommand implements Callable<Integer> {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	/**
	 * Run the tunnels until a signal ends them.
	 * @return the exit status
	 */
	@Override
	public Integer call() {
		GivenFlags given = GivenFlags.of(this.spec, Flags.ofAny());
		if (!given.has(Flags.CONFIG)) {
			throw new ParameterException(this.spec.commandLine(),
					"'mtls tunnel' needs a command, server or client, or --config");
		}
		return new TunnelStart(given).run();
	}

	/**
	 * Adds the options.
	 */
	static final class Options implements IModelTransformer {

		@Override
		public CommandSpec transform(CommandSpec spec) {
			return Flags.ofAny().addTo(spec);
		}

	}

}
