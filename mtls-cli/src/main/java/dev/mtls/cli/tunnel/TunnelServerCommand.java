package dev.mtls.cli.tunnel;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.PasswordOptions;

/**
 * {@code mtls tunnel server}.
 */
@Command(name = "server", mixinStandardHelpOptions = true, modelTransformer = TunnelServerCommand.Options.class,
		description = { "Accepts TLS, and connects to a plain service.",
				"A client gets in if it has one of the names of --allow-cn, -ou, -dns, -uri and -ip, which are"
						+ " alternatives to each other. --allow-spki and --allow-network are conditions in addition:"
						+ " of those that are given, each has to hold.",
				"Names stand for themselves, but for *. at the start of a DNS name and * in a SPIFFE ID." },
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:A signal ended it.", "1:It could not be started.", "2:The command line is wrong." },
		footerHeading = "%nExamples:%n",
		footer = { "  mtls tunnel server --listen 0.0.0.0:6380 --target 127.0.0.1:6379 \\",
				"      --cert server.crt --key server.key --ca ca.crt --allow-cn billing", "",
				"  mtls tunnel server --listen [::]:8443 --target unix:/run/app.sock \\",
				"      --key-store server.p12 --password-file password --ca ca.crt \\",
				"      --allow-all --allow-network 10.0.0.0/8 --status 0.0.0.0:9443" })
final class TunnelServerCommand implements Callable<Integer> {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Mixin
	private PasswordOptions password = new PasswordOptions();

	@Override
	public Integer call() {
		GivenFlags given = GivenFlags.of(this.spec, Flags.ofServer());
		if (!given.isConfiguredByFile(this.password)) {
			Usage.checkServer(given);
			return new TunnelStart(given, "server", this.password.passwords()).run();
		}
		return new TunnelStart(given).run();
	}

	/**
	 * Adds the options.
	 */
	static final class Options implements IModelTransformer {

		@Override
		public CommandSpec transform(CommandSpec spec) {
			return Flags.ofServer().addTo(spec);
		}

	}

}
