package dev.mtls.boot.documentation;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/reload.md} shows what is logged of reloads.
 */
class ReloadLogTests {

	private static final Path PAGE = Path.of("..", "docs", "reload.md");

	@TempDir
	private Path directory;

	private ExampleGates gates;

	@BeforeEach
	void issue() {
		this.gates = new ExampleGates(this.directory);
	}

	@Test
	void keyThatIsReplacedBeforeItsCertificate() throws IOException {
		Gate gate = this.gates.server();
		replaceServerCertificate(gate);
		TestCertificate next = this.gates.authority().server();
		try (RecordedLog log = RecordedLog.start(Level.INFO)) {
			Files.writeString(this.directory.resolve("tls.key"), next.privateKeyPem());
			gate.reload();
			next.writeTo(this.directory, "tls");
			gate.reload();
			assertThat(Files.readString(PAGE)).contains(block(log).replace(this.directory + "/tls.", "pki/localhost."));
		}
	}

	@Test
	void authorityThatIsReplaced() throws Exception {
		Path trust = this.directory.resolve("trust");
		TestAuthority before = authority("Example CA 2026");
		Path file = before.writeTo(trust, "ca-2026");
		Queue<Runnable> walks = new ArrayDeque<>();
		Gate gate = this.gates.builder(GateSettings.server(true, TlsProfile.defaults()), locations())
			.executor(walks::add)
			.open();
		TestCertificate billing = before
			.issue(CertificateRequest.client("billing").uri("spiffe://example.com/billing").build());
		gate.connect(billing.chain(), InetAddress.getByAddress(new byte[] { 10, 1, 2, 3 }), (denial) -> {
		});
		authority("Example CA 2027").writeTo(trust, "ca-2027");
		gate.reload();
		replaceServerCertificate(gate);
		try (RecordedLog log = RecordedLog.start(Level.INFO)) {
			Files.delete(file);
			gate.reload();
			walks.forEach(Runnable::run);
			assertThat(Files.readString(PAGE)).contains(block(log));
		}
	}

	private void replaceServerCertificate(Gate gate) {
		this.gates.authority().server().writeTo(this.directory, "tls");
		gate.reload();
	}

	private TestAuthority authority(String name) {
		return TestAuthority.create(CertificateRequest.authority("CN=" + name).build(), this.gates::now);
	}

	private SnapshotLocations locations() {
		return SnapshotLocations.builder("mtls.server")
			.pem(this.gates.file("tls.crt"), this.gates.file("tls.key"), null)
			.trustCertificates(List.of(this.gates.file("trust")))
			.build();
	}

	private static String block(RecordedLog log) {
		return log.lines().stream().collect(Collectors.joining("\n", "```text\n", "\n```\n"));
	}

}
