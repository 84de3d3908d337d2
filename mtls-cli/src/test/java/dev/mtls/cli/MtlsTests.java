package dev.mtls.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import dev.mtls.cli.console.ExitStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Mtls}: help, completion, and what wrong usage is answered with.
 */
class MtlsTests {

	@TempDir
	private Path directory;

	static Stream<Arguments> commands() {
		List<CommandSpec> all = new ArrayList<>();
		collect(Mtls.commandLine(InstantSource.system()), all);
		return all.stream().map((spec) -> Arguments.argumentSet(spec.qualifiedName(), spec));
	}

	@ParameterizedTest
	@MethodSource("commands")
	void helpTellsOfEachOptionAndParameter(CommandSpec spec) {
		assertThat(spec.usageMessage().description()).isNotEmpty();
		assertThat(spec.options())
			.allSatisfy((option) -> assertThat(option.description()).as(option.longestName()).isNotEmpty());
		assertThat(spec.positionalParameters())
			.allSatisfy((parameter) -> assertThat(parameter.description()).as(parameter.paramLabel()).isNotEmpty());
		assertThat(spec.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF).lines())
			.allSatisfy((line) -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
	}

	@Test
	void helpIsWrittenWithoutColours() {
		CommandProcess process = new CommandProcess(this.directory);
		assertThat(process.succeed("--help")).startsWith("Usage: mtls")
			.contains("Exit status:", "Examples:")
			.doesNotContain("\u001b");
		assertThat(process.succeed("cert", "create", "--help")).contains("--san=NAME");
		assertThat(process.succeed("help", "cert")).startsWith("Usage: mtls cert");
	}

	@Test
	void versionTellsTheRuntimeToo() {
		assertThat(new CommandProcess(this.directory).succeed("--version")).startsWith("mtls ")
			.contains(" on Java " + Runtime.version());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			``                         | There is no command. Try 'mtls --help'.
			ca                         | 'mtls ca' needs a command, such as create. Try 'mtls ca --help'.
			crl                        | 'mtls crl' needs a command, such as show.
			cert                       | 'mtls cert' needs a command, such as create.
			certs                      | 'certs'. Did you mean cert
			cert creat                 | 'creat'. Did you mean create
			cert show                  | Missing required parameter: 'FILE|HOST:PORT'. Try 'mtls cert show --help'.
			cert check                 | Missing required parameter: 'FILE'
			cert check a --days x      | 'x' is no number of days from 1 to 36500
			cert check a --days 0      | '0' is no number of days from 1 to 36500
			ca create                  | Missing required option: '--name=NAME'
			ca create --name a --nam b | Unknown options: '--nam', 'b'. Did you mean --name?
			ca create --name a --key-type dsa | 'dsa' is no type of key; use one of ec, ed25519, rsa, rsa-2048
			cert create --name a --ca ca.crt  | Missing required option: --server, --client or both
			cert create --name a --client     | Missing required option: '--ca=FILE'
			cert renew a               | Missing required option: '--ca=FILE'
			cert revoke a              | Missing required option: '--ca=FILE'
			cert revoke --serial xyz   | 'xyz' is no serial number in hexadecimal digits
			cert revoke a --reason bad | 'bad' is no reason; use one of unspecified, key-compromise
			cert create --password-file= --name a | Missing
			""")
	void wrongUsageIsAnsweredInOneLine(String args, String expected) throws Exception {
		Files.writeString(this.directory.resolve("a"), "");
		new CommandProcess(this.directory).mtls(args.isEmpty() ? new String[0] : args.split(" "))
			.assertFailed(ExitStatus.USAGE, expected);
	}

	@Test
	void completionIsAScriptOfBash() throws Exception {
		CommandProcess process = new CommandProcess(this.directory);
		Files.writeString(this.directory.resolve("completion"), process.succeed("generate-completion"));
		assertThat(process.run(List.of("bash", "-n", "completion"))).isEqualTo(new CommandProcess.Result(0, "", ""));
		assertThat(this.directory.resolve("completion")).content().contains("--key-type", "rsa-2048", "key-compromise");
	}

	private static void collect(CommandLine command, List<CommandSpec> all) {
		CommandSpec spec = command.getCommandSpec();
		if (!spec.name().contains("help") && !spec.name().contains("completion")) {
			all.add(spec);
		}
		command.getSubcommands().values().forEach((sub) -> collect(sub, all));
	}

}
