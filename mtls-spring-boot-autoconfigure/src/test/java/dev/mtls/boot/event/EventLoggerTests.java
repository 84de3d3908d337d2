package dev.mtls.boot.event;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventLogger}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventLoggerTests {

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	@TempDir
	private Path directory;

	private final TestAuthority authority = TestAuthority.create();

	private final EventLogger eventLogger = new EventLogger();

	private InetAddress address;

	@BeforeEach
	void resolve() throws Exception {
		this.address = InetAddress.getByAddress(new byte[] { 10, 1, 2, 3 });
	}

	@Test
	void onEventWhenPeerIsRefusedByARuleWritesOneLineWithNameAddressAndReason(CapturedOutput output) {
		gate("dns:other.example.com").admitPeer(this.authority.client("api.example.com").chain(), this.address);
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("WARN")
			.contains("[server] Refused api.example.com at 10.1.2.3: identity-not-allowed (502): ");
	}

	@Test
	void onEventWhenPeerIsNotTrustedWritesOneLineWithoutItsName(CapturedOutput output) {
		gate("dns:other.example.com").admitPeer(this.authority.client(Flaw.OTHER_AUTHORITY, "evil.example.com").chain(),
				this.address);
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("[server] Refused a peer at 10.1.2.3: issuer-unknown (307): ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\n2026-05-01 INFO [server] Admitted admin", "a\r\nb", "a\u0085b", "a\u2028b",
			"a\u001b[31mb", "a\u202eb", "a\u0000b" })
	void onEventWhenNameHoldsControlCharactersWritesOneEscapedLine(String name, CapturedOutput output) {
		TestCertificate client = this.authority.client((request) -> request.commonName(name));
		Gate gate = gate("dns:other.example.com");
		gate.admitPeer(client.chain(), this.address);
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("Refused ")
			.doesNotContain(name)
			.matches("[\\x20-\\x7e\\u2026]*");
	}

	@Test
	void onEventWhenNameIsVeryLongBoundsTheLine(CapturedOutput output) {
		TestCertificate client = this.authority.client((request) -> request.uri("urn:" + "x".repeat(2000)));
		gate("dns:other.example.com").admitPeer(client.chain(), this.address);
		assertThat(lines(output)).singleElement().asString().hasSizeLessThan(4000);
	}

	@Test
	void onEventWhenPeerIsAdmittedWritesForDebuggingOnly(CapturedOutput output) {
		Gate gate = gate("dns:api.example.com");
		gate.admitPeer(this.authority.client("api.example.com").chain(), this.address);
		assertThat(lines(output)).isEmpty();
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.setLogLevel("dev.mtls", LogLevel.DEBUG);
		try {
			gate.admitPeer(this.authority.client("api.example.com").chain(), this.address);
			assertThat(lines(output)).singleElement()
				.asString()
				.contains("DEBUG")
				.contains("[server] Admitted api.example.com at 10.1.2.3 by dns:api.example.com");
		}
		finally {
			logging.setLogLevel("dev.mtls", null);
		}
	}

	@Test
	void onEventWhenReloadedWritesInformation(CapturedOutput output) {
		Gate gate = gate("dns:a.example.com");
		this.authority.server().writeTo(this.directory, "server");
		gate.reload();
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("INFO")
			.contains("[server] Reloaded, generation 2 begins");
	}

	@Test
	void onEventWhenReloadIsKeptWarnsOnceOfWhatIsBroken(CapturedOutput output) throws Exception {
		Gate gate = gate("dns:a.example.com");
		Path broken = Files.writeString(this.directory.resolve("server.crt"), "broken");
		gate.reload();
		gate.reload();
		assertThat(lines(output)).singleElement()
			.asString()
			.contains("WARN")
			.contains("[server] Kept what was loaded before: material-invalid (106): ")
			.contains(broken.toString());
	}

	@Test
	void onEventWhenWarnedOrSwitchedWritesWhat(CapturedOutput output) {
		this.eventLogger.onEvent(new MtlsEvent.Warned(NOW, "client", "careful"));
		this.eventLogger.onEvent(new MtlsEvent.KillSwitchChanged(NOW, "server", true));
		this.eventLogger.onEvent(new MtlsEvent.KillSwitchChanged(NOW, "server", false));
		this.eventLogger
			.onEvent(new MtlsEvent.ConnectionCut(NOW, "server", this.address, null, null, Reason.KILL_SWITCH, "on"));
		this.eventLogger
			.onEvent(new MtlsEvent.RefusalReported(NOW, "server", null, null, null, Reason.IDENTITY_NOT_ALLOWED, "x"));
		assertThat(lines(output)).hasSize(5).allMatch((line) -> line.contains("WARN"));
		assertThat(output).contains("[client] careful")
			.contains("[server] The kill switch is engaged: every peer is refused")
			.contains("[server] The kill switch is released")
			.contains("[server] Cut a peer at 10.1.2.3: kill-switch (503): on")
			.contains("[server] Would refuse a peer, but only reports: identity-not-allowed (502): x");
	}

	@Test
	void onEventWhenRefusalsFloodWritesAFewLinesAndASummary(CapturedOutput output) {
		for (int i = 0; i < 1000; i++) {
			this.eventLogger.onEvent(refused(Reason.ISSUER_UNKNOWN));
		}
		this.eventLogger.onEvent(refused(Reason.CERTIFICATE_MISSING));
		assertThat(lines(output)).hasSize(EventLogger.LINES + 1);
		this.eventLogger.summarize(NOW.plusSeconds(9));
		assertThat(lines(output)).hasSize(EventLogger.LINES + 1);
		this.eventLogger.summarize(NOW.plusSeconds(10));
		this.eventLogger.summarize(NOW.plusSeconds(20));
		assertThat(lines(output)).hasSize(EventLogger.LINES + 2)
			.last()
			.asString()
			.contains("Refused 990 more within 10 seconds: issuer-unknown (307)");
		this.eventLogger.onEvent(refused(Reason.ISSUER_UNKNOWN));
		assertThat(lines(output)).hasSize(EventLogger.LINES + 3);
	}

	private Gate gate(String allowed) {
		this.authority.server().writeTo(this.directory, "server");
		SnapshotLocations locations = SnapshotLocations.builder("mtls.server")
			.pem(this.directory.resolve("server.crt").toString(), this.directory.resolve("server.key").toString(), null)
			.trustCertificates(List.of(this.authority.writeTo(this.directory, "ca").toString()))
			.allowedPeers("allowed-clients", List.of(allowed))
			.build();
		return Gate.open(GateSettings.server(true, TlsProfile.defaults()), locations, InstantSource.system(),
				new MtlsEventMulticaster(List.of(this.eventLogger)));
	}

	private MtlsEvent refused(Reason reason) {
		return new MtlsEvent.PeerRefused(NOW, "server", this.address, null, null, reason, "x");
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains("dev.mtls")).toList();
	}

}
