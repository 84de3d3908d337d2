package dev.mtls.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what differs on a terminal, which {@code script} makes.
 */
class TerminalTests {

	@TempDir
	private Path directory;

	private CommandProcess process;

	@BeforeEach
	void create() {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
		this.process = new CommandProcess(this.directory);
	}

	@Test
	void passwordIsAskedForAndNotShown() throws Exception {
		this.process.succeed("ca", "create", "--name", "Example CA");
		assertThat(this.process
			.run(List.of("openssl", "pkcs8", "-topk8", "-in", "ca.key", "-out", "locked.key", "-passout",
					"pass:secret"))
			.status()).isZero();
		String[] create = { "cert", "create", "--client", "--name", "a", "--ca", "ca.crt", "--ca-key", "locked.key" };
		assertThat(type("wrong\n", create)).contains("Password of locked.key: ")
			.contains("mtls: --ca-key=file:locked.key");
		assertThat(this.directory.resolve("a.crt")).doesNotExist();
		assertThat(type("secret\n", create)).contains("Password of locked.key: ", "a.crt");
		assertThat(this.directory.resolve("a.crt")).exists();
	}

	@Test
	void passwordThatIsChosenIsTypedTwice() throws Exception {
		this.process.succeed("ca", "create", "--name", "Example CA");
		String[] create = { "cert", "create", "--client", "--name", "a", "--ca", "ca.crt", "--pkcs12" };
		assertThat(type("one\ntwo\n", create)).contains("Password for a.p12: ", "Again: ", "The two passwords differ");
		assertThat(this.directory.resolve("a.p12")).doesNotExist();
		type("secret\nsecret\n", create);
		assertThat(this.process.run(List.of("openssl", "pkcs12", "-in", "a.p12", "-passin", "pass:secret", "-noout"))
			.status()).isZero();
	}

	@Test
	void coloursAreForATerminalAlone() throws Exception {
		assertThat(type("", "--help")).contains("\u001b[");
		assertThat(this.process.succeed("--help")).doesNotContain("\u001b[");
	}

	private String type(String input, String... args) throws IOException, InterruptedException {
		String command = CommandProcess.command(args)
			.stream()
			.map((word) -> "'%s'".formatted(word))
			.collect(Collectors.joining(" "));
		Path out = Files.createTempFile(this.directory, "terminal", ".out");
		ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectInput(Files.writeString(Files.createTempFile(this.directory, "typed", ".in"), input).toFile())
			.redirectOutput(out.toFile());
		builder.environment().put("TERM", "xterm");
		Process terminal = builder.start();
		try {
			assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
			return Files.readString(out, StandardCharsets.UTF_8);
		}
		finally {
			terminal.destroyForcibly();
		}
	}

}
