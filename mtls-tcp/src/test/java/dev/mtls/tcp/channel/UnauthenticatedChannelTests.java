package dev.mtls.tcp.channel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the settings and the warning of an {@link UnauthenticatedChannel}.
 */
@Timeout(60)
class UnauthenticatedChannelTests {

	private static final String WARNING = "Nobody is authenticated here";

	@Test
	void logWarnsOncePerServerAndClientAndTellsNoErrorsOfPeers() throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), LoggedPeers.class.getName())
			.redirectErrorStream(true)
			.start();
		CompletableFuture.delayedExecutor(30, TimeUnit.SECONDS).execute(process::destroyForcibly);
		String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(log).isZero();
		assertThat(log.lines().filter((line) -> line.contains(WARNING))).hasSize(2)
			.allMatch((line) -> line.contains("WARN"))
			.satisfiesExactly((line) -> assertThat(line).contains("[UnauthenticatedChannel at /127.0.0.1:"),
					(line) -> assertThat(line).contains("[UnauthenticatedChannel to 127.0.0.1:"));
		assertThat(log).doesNotContain("ERROR");
	}

	@Test
	void allowedNetworksWhenThereIsNoneFails() {
		assertFails(() -> UnauthenticatedChannel.create().allowedNetworks(), Reason.RULES_EMPTY);
	}

	@Test
	void settingsThatCannotBeAreRefused() {
		UnauthenticatedChannel channel = UnauthenticatedChannel.create();
		assertFails(() -> channel.keyExchangeTimeout(Duration.ZERO), Reason.CONFIGURATION_INVALID);
		assertFails(() -> channel.keyExchangeTimeout(Duration.ofMillis(-1)), Reason.CONFIGURATION_INVALID);
		assertFails(() -> channel.drainTime(Duration.ofMillis(-1)), Reason.CONFIGURATION_INVALID);
		MessageServer server = channel.server(Channels.tcpServer());
		MessageClient client = channel.client(Channels.tcpClient(1));
		for (int size : new int[] { Integer.MIN_VALUE, -1, 0, (1 << 30) + 1 }) {
			assertThatIllegalArgumentException().isThrownBy(() -> server.maxMessageSize(size));
			assertThatIllegalArgumentException().isThrownBy(() -> client.maxMessageSize(size));
		}
	}

	@Test
	void toStringOfClientNamesServer() {
		assertThat(UnauthenticatedChannel.create().client(Channels.tcpClient(1)))
			.hasToString("MessageClient[UnauthenticatedChannel to 127.0.0.1:1]");
	}

	private static void assertFails(ThrowingCallable call, Reason reason) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(call)
			.satisfies((exception) -> assertThat(exception.reason()).isEqualTo(reason));
	}

}
