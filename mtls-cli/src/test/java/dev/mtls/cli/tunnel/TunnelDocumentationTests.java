package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tunnels of {@code docs/cli.md} pass on what is sent, from one to the
 * other.
 */
class TunnelDocumentationTests {

	private static final Path PAGE = Path.of("..", "docs", "cli.md");

	private static final Pattern COMMAND = Pattern.compile("(?m)^mtls tunnel ((?:.*\\\\\\n)*.*)$");

	private static final int BOUND_MILLIS = 20_000;

	private static final byte[] QUESTION = "PING".getBytes(StandardCharsets.US_ASCII);

	@TempDir
	private Path directory;

	@Test
	void tunnelsThatAreShownPassOnWhatIsSent() throws IOException {
		new TunnelFiles(this.directory).client().writeTo(this.directory, "billing");
		List<String> commands = COMMAND.matcher(Files.readString(PAGE))
			.results()
			.map((command) -> command.group(1).replace("\\\n", ""))
			.toList();
		assertThat(commands).hasSize(2);
		try (PlainService echo = PlainService.echo();
				TunnelProcess server = start(commands.get(0), "0.0.0.0:6380", "127.0.0.1:6379", echo.address());
				TunnelProcess client = start(commands.get(1), "127.0.0.1:6379", "redis.example.com:6380",
						"localhost:" + server.port());
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), client.port())) {
			socket.setSoTimeout(BOUND_MILLIS);
			socket.getOutputStream().write(QUESTION);
			assertThat(socket.getInputStream().readNBytes(QUESTION.length)).isEqualTo(QUESTION);
		}
	}

	private TunnelProcess start(String command, String shownListen, String shownTarget, String target) {
		assertThat(command).contains("--listen " + shownListen, "--target " + shownTarget);
		return TunnelProcess.listening(this.directory,
				command.replace("--listen " + shownListen, "--listen 127.0.0.1:0")
					.replace("--target " + shownTarget, "--target " + target)
					.split("\\s+"));
	}

}
