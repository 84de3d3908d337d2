package dev.mtls.cli.tunnel;

import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.cli.console.ExitStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Tests how processes of {@code mtls tunnel} end, and what becomes of the others.
 */
class TunnelShutdownBlackBoxTests {

	@TempDir
	private Path directory;

	private TunnelFiles files;

	private PlainService service;

	@AutoClose
	private final Opened opened = new Opened();

	@BeforeEach
	void writeFiles() {
		this.files = new TunnelFiles(this.directory);
		this.service = this.opened.add(PlainService.held());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TERM", "INT" })
	void transferCompletesBeforeTheEnd(String signal) throws Exception {
		TunnelProcess server = server("--shutdown-timeout", "50s");
		assumeFalse(signal.equals("INT") && server.ignoresInterrupts(),
				"SIGINT is ignored, as in a shell's background");
		Socket client = this.opened.add(Loopback.connect(server.port(), this.files.clientContext()));
		Socket target = this.service.take();
		assertThat(passes(client, target)).isTrue();
		server.signal(signal);
		server.awaitOut("Waiting for 1 connections of tunnels");
		Loopback.await(() -> isRefused(server.port()), () -> "It still accepts connections");
		assertThat(passes(client, target)).isTrue();
		assertThat(server.isAlive()).isTrue();
		target.getOutputStream().write(new byte[1_000_000]);
		target.close();
		assertThat(client.getInputStream().readNBytes(1_000_001)).hasSize(1_000_000);
		client.close();
		assertThat(server.exitCode()).isEqualTo(ExitStatus.OK);
		assertThat(server.out()).contains("SIG" + signal).endsWith(System.lineSeparator());
		assertThat(server.out()).contains(": complete");
		assertThat(server.err()).isEmpty();
	}

	@Test
	void sessionsAreCutAfterShutdownTimeout() throws Exception {
		TunnelProcess server = server("--shutdown-timeout", "2s");
		Socket client = this.opened.add(Loopback.connect(server.port(), this.files.clientContext()));
		Socket target = this.service.take();
		assertThat(passes(client, target)).isTrue();
		long signalled = System.nanoTime();
		server.signal("TERM");
		assertThat(server.exitCode()).isEqualTo(ExitStatus.OK);
		assertThat(Duration.ofNanos(System.nanoTime() - signalled)).isBetween(Duration.ofSeconds(2),
				Duration.ofSeconds(30));
		assertThat(server.out()).contains(": shutdown");
		assertThat(Loopback.isEnded(client)).isTrue();
		assertThat(Loopback.isEnded(target)).isTrue();
		assertThat(server.err()).isEmpty();
	}

	@Test
	void handshakesAreNotWaitedFor() throws Exception {
		TunnelProcess server = server("--shutdown-timeout", "1h", "--handshake-timeout", "1h");
		long before = server.fileDescriptors();
		Socket silent = this.opened.add(Loopback.connect(server.port()));
		Loopback.await(() -> server.fileDescriptors() > before, () -> "The connection is not accepted");
		server.signal("TERM");
		assertThat(server.exitCode()).isEqualTo(ExitStatus.OK);
		assertThat(Loopback.isEnded(silent)).isTrue();
		assertThat(server.err()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "TERM, TERM, 143", "TERM, INT, 130", "INT, TERM, 143" })
	void secondSignalEndsAtOnce(String first, String second, int status) throws Exception {
		TunnelProcess server = server("--shutdown-timeout", "1h");
		Socket client = this.opened.add(Loopback.connect(server.port(), this.files.clientContext()));
		assertThat(passes(client, this.service.take())).isTrue();
		server.signal(first);
		server.awaitOut("Waiting for 1 connections of tunnels");
		server.signal(second);
		assertThat(server.exitCode()).isEqualTo(status);
		assertThat(server.err()).isEmpty();
		assertThat(Loopback.isEnded(client)).isTrue();
	}

	@Test
	void tunnelSurvivesTheOtherAndServesAgainOnceThatIsBack() throws Exception {
		String port = String.valueOf(Loopback.freePort());
		TunnelProcess server = serverAt("127.0.0.1:" + port);
		TunnelProcess client = this.opened.add(this.files.start("client.yaml", """
				tunnel: { role: client, listen: "127.0.0.1:0", target: "localhost:%s" }
				""".formatted(port), "mtls.tunnels.tunnel.retry: { first-delay: 100ms, max-delay: 500ms }\n"));
		Socket first = this.opened.add(Loopback.connect(client.port()));
		assertThat(passes(first, this.service.take())).isTrue();
		server.signal("KILL");
		assertThat(server.exitCode()).isEqualTo(137);
		assertThat(Loopback.isEnded(first)).isTrue();
		Socket waiting = this.opened.add(Loopback.connect(client.port()));
		Loopback.send(waiting, "early");
		server = serverAt("127.0.0.1:" + port);
		assertThat(Loopback.read(this.service.take(), 5)).isEqualTo("early");
		client.signal("KILL");
		client.exitCode();
		Socket direct = this.opened.add(Loopback.connect(server.port(), this.files.clientContext()));
		assertThat(passes(direct, this.service.take())).isTrue();
		assertThat(server.isAlive()).isTrue();
		assertThat(server.err()).isEmpty();
		assertThat(client.err()).isEmpty();
	}

	private TunnelProcess server(String... args) {
		return serverAt("127.0.0.1:0", args);
	}

	private TunnelProcess serverAt(String listen, String... args) {
		List<String> all = new ArrayList<>(List.of("server", "--listen", listen, "--target", this.service.address(),
				"--cert", "server.crt", "--ca", "ca.crt", "--allow-cn", "billing"));
		all.addAll(List.of(args));
		return this.opened.add(TunnelProcess.listening(this.directory, all.toArray(String[]::new)));
	}

	private static boolean passes(Socket client, Socket target) throws Exception {
		Loopback.send(client, "ping");
		String received = Loopback.read(target, 4);
		Loopback.send(target, "pong");
		return received.equals("ping") && Loopback.read(client, 4).equals("pong");
	}

	private static boolean isRefused(int port) throws Exception {
		try (Socket socket = Loopback.connect(port)) {
			return !socket.isConnected();
		}
		catch (ConnectException ex) {
			return true;
		}
	}

}
