package dev.mtls.cli.certificate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CertCheckCommand}.
 */
class CertCheckCommandTests {

	@TempDir
	private Path directory;

	private CommandProcess process;

	@BeforeEach
	void create() throws Exception {
		this.process = new CommandProcess(this.directory);
		TestAuthority authority = TestAuthority.create();
		Instant now = Instant.now();
		authority.client((request) -> request.commonName("long").validity(Duration.ofDays(90)))
			.writeTo(this.directory, "long");
		authority.client((request) -> request.commonName("short").validity(Duration.ofDays(20)))
			.writeTo(this.directory, "short");
		authority.client((request) -> request.commonName("later").notBefore(now.plus(Duration.ofDays(2))))
			.writeTo(this.directory, "later");
		authority
			.client((request) -> request.commonName("over")
				.notBefore(now.minus(Duration.ofDays(9)))
				.notAfter(now.minus(Duration.ofDays(3)).plusSeconds(60)))
			.writeTo(this.directory, "over");
		Files.writeString(this.directory.resolve("bad.crt"), "bad");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			long.crt                     | 0 | ok
			long.crt --days=100          | 3 | ends soon
			short.crt                    | 3 | ends soon
			short.crt --days=10          | 0 | ok
			long.crt short.crt           | 3 | 19 days left
			later.crt                    | 4 | not yet valid
			over.crt                     | 4 | ended
			short.crt over.crt later.crt | 4 | ends soon
			""")
	void statusIsThatOfTheWorst(String args, int status, String expected) {
		CommandProcess.Result result = this.process.mtls(("cert check " + args).split(" "));
		assertThat(result.out()).contains(expected).doesNotContain("\u001b");
		assertThat(result.err()).isEmpty();
		assertThat(result.status()).isEqualTo(status);
	}

	@Test
	void fileThatCannotBeReadDoesNotHideTheOthers() {
		CommandProcess.Result result = this.process.mtls("cert", "check", "bad.crt", "none.crt", "over.crt",
				"long.crt");
		assertThat(result.err().lines()).hasSize(2)
			.anySatisfy((line) -> assertThat(line).startsWith("mtls: FILE=file:bad.crt: "))
			.anySatisfy((line) -> assertThat(line).startsWith("mtls: FILE=file:none.crt: There is no such file"));
		assertThat(result.out().lines()).hasSize(2);
		assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
	}

	@Test
	void quietTellsOfThoseAloneThatNeedAttention() {
		assertThat(this.process.mtls("cert", "check", "long.crt", "over.crt", "-q").out().lines()).singleElement()
			.asString()
			.contains("over.crt");
		assertThat(this.process.succeed("cert", "check", "long.crt", "--quiet")).isEmpty();
	}

	@Test
	void jsonTellsEach() {
		CommandProcess.Result result = this.process.mtls("cert", "check", "long.crt", "over.crt", "--json");
		assertThat(result.out()).startsWith("[")
			.contains("\"file\" : \"long.crt\"", "\"state\" : \"valid\"", "\"daysLeft\" : 89", "\"state\" : \"ended\"",
					"\"daysLeft\" : -3");
		assertThat(result.status()).isEqualTo(ExitStatus.OUT_OF_ORDER);
	}

}
