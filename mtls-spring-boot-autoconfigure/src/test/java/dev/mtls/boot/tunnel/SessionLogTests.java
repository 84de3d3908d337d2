package dev.mtls.boot.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.tcp.tunnel.SessionEnd;
import dev.mtls.tcp.tunnel.TunnelSession;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SessionLog} and {@link SessionListeners}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SessionLogTests {

	@Test
	void endedWritesOneLine(CapturedOutput output) {
		new SessionLog().ended(session("client", SessionEnd.IDLE_TIMEOUT, null));
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("INFO",
					"[web] Session 7 of client 127.0.0.1:50000 to target 127.0.0.1:80 with peer client ended after 1500 ms, "
							+ "with 10 bytes to the target and 20 to the client: idle-timeout")
			.endsWith("idle-timeout");
	}

	@Test
	void endedWhenThereIsNoPeerAndADetailTellsSo(CapturedOutput output) {
		new SessionLog().ended(session(null, SessionEnd.CONNECT_FAILED, "connection refused"));
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("with no peer ended")
			.endsWith("connect-failed: connection refused");
	}

	@Test
	void endedWhenTextIsWildWritesOneBoundedLine(CapturedOutput output) {
		String wild = "a\r\nINFO forged\u001b[31m\u202e" + "x".repeat(10_000);
		new SessionLog().ended(session(wild, SessionEnd.FAILED, wild));
		assertThat(output.getAll()).doesNotContain("\u001b[31m\u202e").contains("a\\u000d\\u000aINFO forged");
		assertThat(lines(output)).singleElement().asString().hasSizeLessThan(1200);
	}

	@Test
	void startedIsWrittenForDebuggingOnly(CapturedOutput output) {
		new SessionLog().started(session("client", null, null));
		assertThat(lines(output)).allMatch((line) -> line.contains("DEBUG"));
	}

	@Test
	void listenersWhenOneThrowsTellTheOthers(CapturedOutput output) {
		List<String> told = new ArrayList<>();
		TunnelSessionListener broken = new TunnelSessionListener() {

			@Override
			public void started(TunnelSession session) {
				throw new IllegalStateException("broken listener");
			}

			@Override
			public void ended(TunnelSession session) {
				throw new NoClassDefFoundError("missing class");
			}

		};
		TunnelSessionListener other = new TunnelSessionListener() {

			@Override
			public void started(TunnelSession session) {
				told.add("started");
			}

			@Override
			public void ended(TunnelSession session) {
				told.add("ended");
			}

		};
		SessionListeners listeners = new SessionListeners(List.of(broken, other));
		listeners.started(session("client", null, null));
		listeners.ended(session("client", SessionEnd.COMPLETE, null));
		assertThat(told).containsExactly("started", "ended");
		assertThat(output).contains("broken listener").contains("missing class");
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("Session 7")).toList();
	}

	private static TunnelSession session(@Nullable String peer, @Nullable SessionEnd end, @Nullable String detail) {
		return new TunnelSession(7, "web", "127.0.0.1:50000", peer, "127.0.0.1:80", Instant.EPOCH,
				Duration.ofMillis(1500), 10, 20, end, detail);
	}

}
