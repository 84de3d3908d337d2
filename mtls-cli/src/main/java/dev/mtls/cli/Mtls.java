package dev.mtls.cli;

import java.io.PrintWriter;
import java.time.InstantSource;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import dev.mtls.cli.certificate.CaCommand;
import dev.mtls.cli.certificate.CertCommand;
import dev.mtls.cli.certificate.CrlCommand;
import dev.mtls.cli.certificate.Days;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.cli.doctor.DoctorCommand;
import dev.mtls.cli.tunnel.TunnelCommand;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;

/**
 * The {@code mtls} command.
 */
@Command(name = "mtls", mixinStandardHelpOptions = true, versionProvider = Version.class,
		description = "Makes, shows, checks and revokes certificates for mutual TLS, says why a connection fails, and runs tunnels.",
		synopsisSubcommandLabel = "COMMAND",
		subcommands = { CaCommand.class, CertCommand.class, CrlCommand.class, DoctorCommand.class, TunnelCommand.class,
				AutoComplete.GenerateCompletion.class, CommandLine.HelpCommand.class },
		exitCodeListHeading = "%nExit status:%n",
		exitCodeList = { "0:All is well.", "1:What was asked for could not be done.", "2:The command line is wrong.",
				"3:A certificate ends soon, or a connection has a problem.",
				"4:A certificate has ended or is not yet valid." },
		footerHeading = "%nExamples:%n",
		footer = { "  mtls ca create --name \"Example CA\" --out pki",
				"  mtls cert create --server --name api.example.com --ca pki/ca.crt --out pki",
				"  mtls cert create --client --name billing --ca pki/ca.crt --out pki",
				"  mtls cert check pki/*.crt --days 30", "  mtls cert revoke pki/billing.crt --ca pki/ca.crt",
				"  mtls doctor api.example.com:8443 --ca pki/ca.crt --cert pki/billing.crt",
				"  mtls tunnel client --listen 127.0.0.1:1080 --target api.example.com:8443 \\",
				"      --cert pki/billing.crt --ca pki/ca.crt", "", "  source <(mtls generate-completion)" })
public final class Mtls implements Runnable {

	@Spec
	private CommandSpec spec = CommandSpec.create();

	/**
	 * Run the command, and end the process with its status.
	 * @param args the command line
	 */
	public static void main(String[] args) {
		System.exit(commandLine(InstantSource.system()).execute(args));
	}

	/**
	 * Make the command.
	 * @param clock tells the time
	 * @return the command
	 */
	static CommandLine commandLine(InstantSource clock) {
		CommandLine commandLine = new CommandLine(new Mtls(), new Commands(clock));
		commandLine.setCaseInsensitiveEnumValuesAllowed(true);
		commandLine.registerConverter(Days.class, new Days.Converter());
		commandLine.setUsageHelpAutoWidth(true);
		commandLine.setUsageHelpLongOptionsMaxWidth(30);
		commandLine.setParameterExceptionHandler(Mtls::wrongUsage);
		commandLine.setExecutionExceptionHandler(Mtls::failed);
		return commandLine;
	}

	@Override
	public void run() {
		throw new ParameterException(this.spec.commandLine(), "There is no command");
	}

	private static int wrongUsage(ParameterException failure, String[] args) {
		CommandLine command = failure.getCommandLine();
		command.getErr()
			.printf("mtls: %s.%s Try '%s --help'.%n", sentence(String.valueOf(failure.getMessage())),
					suggestion(failure), command.getCommandSpec().qualifiedName());
		return ExitStatus.USAGE;
	}

	private static String suggestion(ParameterException failure) {
		if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
			return " Did you mean %s?".formatted(String.join(" or ", unmatched.getSuggestions()));
		}
		return "";
	}

	private static int failed(Exception failure, CommandLine command, ParseResult result) throws Exception {
		if (failure instanceof MtlsException known) {
			PrintWriter err = command.getErr();
			err.printf("mtls: %s%n", PrintableText.of(String.valueOf(known.getMessage())));
			return ExitStatus.FAILED;
		}
		throw failure;
	}

	private static String sentence(String message) {
		String line = PrintableText.of(message.replaceAll("\\R\\s*", " ").strip());
		return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
	}

}
