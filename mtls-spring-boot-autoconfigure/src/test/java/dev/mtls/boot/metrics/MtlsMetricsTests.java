package dev.mtls.boot.metrics;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.KillSwitch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsMetrics}.
 */
class MtlsMetricsTests {

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	private static final TlsSession TLS = new TlsSession("TLSv1.3", "TLS_AES_256_GCM_SHA384", true,
			Duration.ofMillis(7));

	private final KillSwitch killSwitch = new KillSwitch(false);

	private final MtlsMetrics metrics = new MtlsMetrics(new GateRegistry(), this.killSwitch, InstantSource.system());

	private final MeterRegistry meters = new SimpleMeterRegistry();

	@BeforeEach
	void bind() {
		this.metrics.bindTo(this.meters);
	}

	@Test
	void admissionCountsAndTimesHandshake() {
		this.metrics.onEvent(new MtlsEvent.PeerAdmitted(NOW, "server", null, null, TLS, "anonymous"));
		assertThat(count("mtls.connections.accepted", "gate", "server")).isEqualTo(1);
		assertThat(count("mtls.admissions", "gate", "server", "verdict", "admitted", "mode", "enforce")).isEqualTo(1);
		assertThat(this.meters.get("mtls.handshake")
			.tags("gate", "server", "protocol", "TLSv1.3", "resumed", "true")
			.timer()
			.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
	}

	@Test
	void refusalCountsByReason() {
		this.metrics.onEvent(new MtlsEvent.PeerRefused(NOW, "server", null, null, null, Reason.ISSUER_UNKNOWN, "x"));
		this.metrics.onEvent(new MtlsEvent.PeerRefused(NOW, "server", null, null, null, Reason.HANDSHAKE_RATE, "x"));
		assertThat(count("mtls.connections.refused", "gate", "server", "reason", "issuer-unknown")).isEqualTo(1);
		assertThat(count("mtls.connections.refused", "gate", "server", "reason", "handshake-rate")).isEqualTo(1);
		assertThat(count("mtls.rate.limit.rejections", "gate", "server", "reason", "handshake-rate")).isEqualTo(1);
		assertThat(count("mtls.admissions", "gate", "server", "verdict", "refused", "mode", "enforce")).isEqualTo(2);
	}

	@Test
	void reportedRefusalCountsAsAcceptedAndAsRefusedInItsMode() {
		this.metrics.onEvent(new MtlsEvent.RefusalReported(NOW, "server", null, null, TLS, Reason.PIN_MISMATCH, "x"));
		assertThat(count("mtls.connections.accepted", "gate", "server")).isEqualTo(1);
		assertThat(count("mtls.admissions", "gate", "server", "verdict", "refused", "mode", "report-only"))
			.isEqualTo(1);
		assertThat(this.meters.find("mtls.connections.refused").counter()).isNull();
	}

	@Test
	void reportedLimitDoesNotCountAsAccepted() {
		this.metrics
			.onEvent(new MtlsEvent.RefusalReported(NOW, "server", null, null, TLS, Reason.CONNECTION_LIMIT, "x"));
		this.metrics.onEvent(new MtlsEvent.PeerAdmitted(NOW, "server", null, null, TLS, "anonymous"));
		assertThat(count("mtls.connections.accepted", "gate", "server")).isEqualTo(1);
		assertThat(this.meters.get("mtls.handshake").timer().count()).isEqualTo(1);
	}

	@Test
	void reloadsCutsAndOcspCount() {
		this.metrics.onEvent(new MtlsEvent.Reloaded(NOW, "server", 2));
		this.metrics.onEvent(new MtlsEvent.ReloadKept(NOW, "server", Reason.KEY_MISMATCH, "x"));
		this.metrics
			.onEvent(new MtlsEvent.ConnectionCut(NOW, "server", null, null, null, Reason.CERTIFICATE_REVOKED, "x"));
		this.metrics
			.onEvent(new MtlsEvent.OcspAsked(NOW, "server", URI.create("http://ocsp/"), Duration.ofMillis(30), null));
		this.metrics
			.onEvent(new MtlsEvent.OcspAsked(NOW, "server", URI.create("http://ocsp/"), Duration.ofMillis(30), "gone"));
		assertThat(count("mtls.reloads", "gate", "server", "outcome", "applied")).isEqualTo(1);
		assertThat(count("mtls.reloads", "gate", "server", "outcome", "kept")).isEqualTo(1);
		assertThat(count("mtls.connections.cut", "gate", "server", "reason", "certificate-revoked")).isEqualTo(1);
		for (String outcome : new String[] { "answered", "failed" }) {
			assertThat(this.meters.get("mtls.ocsp").tags("gate", "server", "outcome", outcome).timer().count())
				.isEqualTo(1);
		}
	}

	@Test
	void killSwitchIsAGauge() {
		assertThat(this.meters.get("mtls.kill.switch").gauge().value()).isZero();
		this.killSwitch.set(true);
		assertThat(this.meters.get("mtls.kill.switch").gauge().value()).isEqualTo(1);
	}

	@Test
	void eventBeforeAnyRegistryIsBoundIsNotCounted() {
		MtlsMetrics unbound = new MtlsMetrics(new GateRegistry(), this.killSwitch, InstantSource.system());
		unbound.onEvent(new MtlsEvent.Reloaded(NOW, "server", 2));
		assertThat(this.meters.find("mtls.reloads").counter()).isNull();
	}

	private double count(String name, String... tags) {
		return this.meters.get(name).tags(tags).counter().count();
	}

}
