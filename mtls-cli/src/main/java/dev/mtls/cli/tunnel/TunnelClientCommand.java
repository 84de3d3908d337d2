package dev.mtls.cli.tunnel;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.mtls.cli.console.PasswordOptions;

/**
 * {@code mtls tunnel client}.
 */
@Command(name = "client", mixinStandardHelpOptions = true, modelTransformer = TunnelClientCommand.Options.class,
		description = { "Accepts plain connections, and connects to a TLS server.",
				"The certificate of the server must hold the host of --target, or --server-name. Beside that, it must"
						+ " have one of the names of --verify-cn, -ou, -dns, -uri and -ip, if any is given, which are"
						+ " alternatives to each other. --verify-spki and --verify-network are conditions in addition:"
						+ " of those that are given, each has to hold.",
				"Names stand for themselves, but for *. at the start of a DNS name and * in a SPIFFE ID." },
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:A signal ended it.", "1:It could not be started.", "2:The command line is wrong." },
		footerHeading = "%nExamples:%n",
		footer = { "  mtls tunnel client --listen 127.0.0.1:6379 --target redis.example.com:6380 \\",
				"      --cert billing.crt --key billing.key --ca ca.crt", "",
				"  mtls tunnel client --listen unix:/run/redis.sock --target 10.0.0.7:6380 \\",
				"      --cert billing.crt --ca ca.crt --server-check identity \\",
				"      --verify-uri spiffe://example.org/redis" })
final class TunnelClientCommand implements Callable<Integer> {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Mixin
	private PasswordOptions password = new PasswordOptions();

	@Override
	public Integer call() {
		GivenFlags given = GivenFlags.of(this.spec, Flags.ofClient());
		if (!given.isConfiguredByFile(this.password)) {
			Usage.checkClient(given);
			return new TunnelStart(given, "client", this.password.passwords()).run();
		}
		return new TunnelStart(given).run();
	}

	/**
	 * Adds the options.
	 */
	static final class Options implements IModelTransformer {

		@Override
		public CommandSpec transform(CommandSpec spec) {
			return Flags.ofClient().addTo(spec);
		}

	}

}
