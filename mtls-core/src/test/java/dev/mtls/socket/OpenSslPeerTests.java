package dev.mtls.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateFiles;
import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with {@code openssl} as a peer that has nothing to do with the JDK.
 */
@Timeout(60)
@EnabledIf("isInstalled")
class OpenSslPeerTests {

	@TempDir
	private Path folder;

	@BeforeEach
	void writeFiles() {
		CertificateFiles files = CertificateFiles.creating();
		files.write(Parties.SERVER, this.folder.resolve("server.crt"), this.folder.resolve("server.key"));
		files.write(Parties.ALICE, this.folder.resolve("alice.crt"), this.folder.resolve("alice.key"));
		files.writeCertificates(Parties.ROOT.own().certificatePem(), this.folder.resolve("ca.crt"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_2", "-tls1_3" })
	void clientOfOpenSslTalks(String protocol) throws Exception {
		try (MtlsContext server = Parties.builder(Parties.SERVER).build();
				MtlsListener listener = server.listen("127.0.0.1:0")) {
			Process process = openssl("s_client", "-connect", "127.0.0.1:" + listener.port(), protocol, "-CAfile",
					"ca.crt", "-verify_return_error", "-cert", "alice.crt", "-key", "alice.key", "-quiet");
			try (MtlsConnection accepted = listener.accept()) {
				assertThat(accepted.peerIdentity()).isEqualTo(PeerIdentity.of(Parties.ALICE.certificate()));
				write(process.getOutputStream(), "ping\n");
				assertThat(Parties.receive(accepted, 5)).isEqualTo("ping\n");
				Parties.send(accepted, "pong\n");
				assertThat(Parties.receive(process.getInputStream(), 5)).isEqualTo("pong\n");
			}
			finally {
				end(process);
			}
		}
	}

	@Test
	void clientOfOpenSslWithoutCertificateIsRefused() throws Exception {
		try (EchoServer server = EchoServer.start()) {
			Process process = openssl("s_client", "-connect", server.target(), "-CAfile", "ca.crt", "-quiet");
			try {
				assertThat(server.events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_MISSING);
				assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII))
					.contains("alert");
			}
			finally {
				end(process);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_2", "-tls1_3" })
	void serverOfOpenSslTalks(String protocol) throws Exception {
		Process process = openssl("s_server", "-accept", "127.0.0.1:0", protocol, "-cert", "server.crt", "-key",
				"server.key", "-CAfile", "ca.crt", "-Verify", "1", "-verify_return_error", "-rev");
		try (MtlsContext client = Parties.builder(Parties.ALICE).build();
				MtlsConnection connection = client.connect("localhost", portOf(process))) {
			assertThat(connection.peerIdentity()).isEqualTo(PeerIdentity.of(Parties.SERVER.certificate()));
			Parties.send(connection, "olleh\n");
			assertThat(Parties.receive(connection, 6)).isEqualTo("hello\n");
		}
		finally {
			end(process);
		}
	}

	static boolean isInstalled() {
		try {
			return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private Process openssl(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of("openssl"));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).directory(this.folder.toFile()).start();
	}

	private static int portOf(Process process) throws IOException {
		Matcher matcher = Pattern.compile("ACCEPT .*:(\\d+)").matcher("");
		for (String line = process.inputReader().readLine(); line != null; line = process.inputReader().readLine()) {
			if (matcher.reset(line).matches()) {
				return Integer.parseInt(matcher.group(1));
			}
		}
		throw new IllegalStateException(
				"openssl s_server: " + new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII));
	}

	private static void write(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.US_ASCII));
		out.flush();
	}

	private static void end(Process process) throws InterruptedException {
		process.destroy();
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
	}

}
