package dev.mtls.tcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.Reason;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests with {@code openssl} as the peer.
 */
class OpenSslTests {

	private final Site site = new Site();

	private final List<Process> processes = new ArrayList<>();

	@TempDir
	Path directory;

	@BeforeEach
	void requireProgram() {
		boolean found;
		try {
			found = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException | InterruptedException ex) {
			found = false;
		}
		assumeTrue(found, "openssl is not installed");
	}

	@AfterEach
	void close() {
		this.processes.forEach(Process::destroyForcibly);
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,1.3", "JDK,1.3", "NATIVE,1.2", "JDK,1.2" })
	void clientIsAnswered(TlsEngine engine, String version) throws Exception {
		Process client = client(answering(engine), version, this.site.authority());
		client.getOutputStream().write("ping\n".getBytes(StandardCharsets.UTF_8));
		client.getOutputStream().flush();
		assertThat(outputOf(client)).contains("New, TLSv" + version, "Verification: OK", "ping of orders.example.com");
		assertThat(this.site.admissions()).containsExactly("orders.example.com");
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,1.3", "JDK,1.3", "NATIVE,1.2", "JDK,1.2" })
	void clientOfAnotherAuthorityGetsAnAlert(TlsEngine engine, String version) throws Exception {
		Process client = client(answering(engine), version, TestAuthority.create());
		assertThat(outputOf(client)).contains("alert").doesNotContain("ping");
		assertThat(this.site.refusals()).containsExactly(Reason.ISSUER_UNKNOWN);
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,1.3", "JDK,1.3", "NATIVE,1.2", "JDK,1.2" })
	void serverAnswers(TlsEngine engine, String version) throws Exception {
		PemFiles server = this.site.authority().server().writeTo(this.directory, "server");
		Process process = start("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
				server.certificate().toString(), "-key", server.privateKey().toString(), "-CAfile", trust(), "-Verify",
				"1", "-verify_return_error", "-rev", "-tls" + version.replace('.', '_'));
		TcpConnection connection = Site.get(MtlsTcpClient.create(this.site.clientGate("orders.example.com"))
			.engine(engine)
			.host("localhost")
			.port(portOf(process))
			.connect());
		assertThat(connection.tlsSession()).isNotNull()
			.satisfies((session) -> assertThat(session.protocol()).isEqualTo("TLSv" + version));
		Received received = new Received(connection);
		Site.end(Site.send(connection, "drawer\n"));
		received.await("reward\n");
		connection.close();
		Site.end(connection.onClose());
	}

	private TcpListener answering(TlsEngine engine) {
		return this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.handle((connection) -> connection.receive()
				.asString()
				.scan("", String::concat)
				.filter((text) -> text.endsWith("\n"))
				.next()
				.flatMap((text) -> Site.send(connection, text.strip() + " of " + Site.peer(connection)))));
	}

	private Process client(TcpListener listener, String version, TestAuthority issuer) throws IOException {
		PemFiles client = issuer.client("orders.example.com").writeTo(this.directory, "client");
		return start("openssl", "s_client", "-connect", "127.0.0.1:" + listener.port(), "-CAfile", trust(),
				"-verify_return_error", "-ign_eof", "-cert", client.certificate().toString(), "-key",
				client.privateKey().toString(), "-tls" + version.replace('.', '_'));
	}

	private String trust() {
		return this.site.authority().writeTo(this.directory, "trust").toString();
	}

	private Process start(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.processes.add(process);
		return process;
	}

	private static String outputOf(Process process) throws Exception {
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		return output;
	}

	private static int portOf(Process server) throws IOException {
		BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith("ACCEPT ")) {
				return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
			}
		}
		throw new IllegalStateException("The server does not listen");
	}

}
