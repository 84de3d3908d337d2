package dev.mtls.boot.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import dev.mtls.authority.PemText;
import dev.mtls.boot.gate.OperatedGate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.test.OcspFlaw;
import dev.mtls.test.OcspResponder;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MtlsHealth}.
 */
class MtlsHealthTests {

	private static final Status WARNING = new Status("WARNING");

	private static final Status CRITICAL = new Status("CRITICAL");

	private static final HealthThresholds THRESHOLDS = new HealthThresholds(Duration.ofDays(30), Duration.ofDays(7),
			WARNING, CRITICAL);

	private static final Duration CENTURY = Duration.ofDays(36_525);

	@TempDir
	private Path directory;

	private OperatedGate operated;

	private MtlsHealth health;

	@BeforeEach
	void create() {
		this.operated = new OperatedGate(TestAuthority.create(), this.directory);
		this.health = new MtlsHealth(this.operated.registry, this.operated.killSwitch, THRESHOLDS,
				this.operated.clock());
	}

	@ParameterizedTest
	@CsvSource({ "0, UP, 90", "59, UP, 31", "61, WARNING, 29", "82, WARNING, 8", "84, CRITICAL, 6", "91, DOWN, -1" })
	void identityFollowsDaysLeft(int days, String status, long daysLeft) {
		this.operated.open(Duration.ofDays(90).plusHours(1));
		this.operated.shift(Duration.ofDays(days));
		Health identity = part("identity");
		assertThat(identity.getStatus().getCode()).isEqualTo(status);
		assertThat(identity.getDetails()).containsEntry("daysLeft", daysLeft);
		assertThat((List<?>) identity.getDetails().get("chain")).singleElement()
			.isInstanceOfSatisfying(CertificateDescriptor.class,
					(leaf) -> assertThat(leaf.daysLeft()).isEqualTo(daysLeft));
	}

	@Test
	void trustWhenTheOnlyAnchorEndsIsCriticalAndThenDown() {
		this.operated.open(Duration.ofDays(90));
		Duration left = Duration.between(this.operated.clock().instant(),
				this.operated.authority.anchor().getNotAfter().toInstant());
		assertThat(part("trust").getStatus()).isEqualTo(Status.UP);
		this.operated.shift(left.minusDays(29));
		assertThat(part("trust").getStatus()).isEqualTo(WARNING);
		this.operated.shift(Duration.ofDays(25));
		assertThat(part("trust").getStatus()).isEqualTo(CRITICAL);
		this.operated.shift(Duration.ofDays(5));
		assertThat(part("trust").getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void trustWhenAnotherAnchorGoesOnOnlyWarns() throws IOException {
		Gate gate = this.operated.open(Duration.ofDays(90));
		Duration left = Duration.between(this.operated.clock().instant(),
				this.operated.authority.anchor().getNotAfter().toInstant());
		this.operated.shift(left.plusDays(1));
		TestAuthority next = TestAuthority.create(this.operated.clock());
		Files.writeString(this.operated.trust(), PemText.of(this.operated.authority.anchor(), next.anchor()));
		next.server().writeTo(this.directory, "server");
		assertThat(gate.reload()).isTrue();
		assertThat(part("trust").getStatus()).isEqualTo(WARNING);
	}

	@Test
	void trustOfThePlatformIsNobodysToRenew() {
		openTrusting("system");
		this.operated.shift(CENTURY);
		assertThat(part("trust").getStatus()).isEqualTo(Status.UP);
		assertThat(part("trust").getDetails()).containsOnlyKeys("platformAnchors");
	}

	@Test
	void trustWhenThePlatformsGoesOnOnlyWarns() {
		openTrusting("system", "file:" + this.operated.trust());
		assertThat(part("trust").getStatus()).isEqualTo(Status.UP);
		this.operated.shift(CENTURY);
		assertThat(part("trust").getStatus()).isEqualTo(WARNING);
		assertThat((List<?>) part("trust").getDetails().get("anchors")).hasSize(1);
		assertThat(part("trust").getDetails()).containsKey("platformAnchors");
	}

	@Test
	void revocationWhenCrlIsStaleIsCriticalWhereItFailsHard() throws IOException {
		assertThat(revocation(RevocationPolicy.Mode.HARD_FAIL).getStatus()).isEqualTo(Status.UP);
		this.operated.shift(Duration.ofDays(400));
		assertThat(part("revocation").getStatus()).isEqualTo(CRITICAL);
	}

	@Test
	void revocationWhenCrlIsStaleWarnsWhereItFailsSoftly() throws IOException {
		assertThat(revocation(RevocationPolicy.Mode.SOFT_FAIL).getStatus()).isEqualTo(Status.UP);
		this.operated.shift(Duration.ofDays(400));
		Health stale = part("revocation");
		assertThat(stale.getStatus()).isEqualTo(WARNING);
		assertThat((List<?>) stale.getDetails().get("crls")).singleElement()
			.isInstanceOfSatisfying(GateHealth.CrlDescriptor.class, (crl) -> {
				assertThat(crl.current()).isFalse();
				assertThat(crl.entries()).isEqualTo(1);
			});
	}

	@Test
	void revocationTellsWhetherTheResponderIsReachable() {
		try (OcspResponder responder = this.operated.authority.ocspResponder()) {
			Gate gate = this.operated.open(Duration.ofDays(90), UnaryOperator.identity(),
					GateSettings.server(true, TlsProfile.defaults()).withRevocation(asking(responder)));
			assertThat(part("revocation").getStatus()).isEqualTo(Status.UP);
			assertThat(responders()).isEmpty();
			responder.misbehave(OcspFlaw.SERVER_ERROR);
			askAbout(gate, "first");
			assertThat(part("revocation").getStatus()).isEqualTo(WARNING);
			assertThat(responders()).singleElement().satisfies((status) -> {
				assertThat(status.responder()).isEqualTo(responder.uri().toString());
				assertThat(status.reachable()).isFalse();
				assertThat(status.problem()).contains("500");
			});
			responder.behave();
			askAbout(gate, "second");
			assertThat(part("revocation").getStatus()).isEqualTo(Status.UP);
			assertThat(responders()).singleElement().satisfies((status) -> {
				assertThat(status.reachable()).isTrue();
				assertThat(status.problem()).isNull();
				assertThat(status.millis()).isNotNegative();
			});
		}
	}

	@Test
	void revocationWhenTheResponderIsGoneWarns() {
		OcspResponder responder = this.operated.authority.ocspResponder();
		responder.close();
		Gate gate = this.operated.open(Duration.ofDays(90), UnaryOperator.identity(),
				GateSettings.server(true, TlsProfile.defaults()).withRevocation(asking(responder)));
		askAbout(gate, "peer");
		assertThat(part("revocation").getStatus()).isEqualTo(WARNING);
		assertThat(responders()).singleElement().extracting(GateHealth.ResponderDescriptor::reachable).isEqualTo(false);
	}

	@Test
	void revocationWhenItIsOffIsNoPart() {
		this.operated.open(Duration.ofDays(90));
		assertThat(gate().getContributor("revocation")).isNull();
		assertThat(gate().stream().map(HealthContributors.Entry::name)).containsExactly("identity", "trust", "reload");
	}

	@Test
	void reloadWhenFileIsBrokenWarnsAndTellsWhy() throws IOException {
		Gate gate = this.operated.open(Duration.ofDays(90));
		assertThat(part("reload").getStatus()).isEqualTo(Status.UP);
		Files.writeString(this.operated.trust(), "broken");
		gate.reload();
		assertThat(part("reload").getStatus()).isEqualTo(WARNING);
		assertThat(part("reload").getDetails()).containsEntry("reason", "material-invalid")
			.hasEntrySatisfying("error", (error) -> assertThat(error.toString()).contains("ca.crt"));
	}

	@Test
	void killSwitchWhenEngagedIsCritical() {
		HealthIndicator killSwitch = (HealthIndicator) Objects.requireNonNull(this.health.getContributor("killSwitch"));
		assertThat(Objects.requireNonNull(killSwitch.health()).getStatus()).isEqualTo(Status.UP);
		this.operated.killSwitch.set(true);
		assertThat(Objects.requireNonNull(killSwitch.health()).getStatus()).isEqualTo(CRITICAL);
	}

	@Test
	void contributorOfUnknownNameIsNone() {
		assertThat(this.health.getContributor("unknown")).isNull();
		this.operated.open(Duration.ofDays(90));
		assertThat(gate().getContributor("unknown")).isNull();
	}

	@Test
	void thresholdsWhenCriticalBeginsFirstFail() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new HealthThresholds(Duration.ofDays(7), Duration.ofDays(30), WARNING, CRITICAL))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT));
	}

	private Health revocation(RevocationPolicy.Mode mode) throws IOException {
		Path crl = this.directory.resolve("ca.crl");
		Files.write(crl, this.operated.authority.crl(this.operated.authority.client("revoked").chain().get(0)));
		RevocationPolicy policy = new RevocationPolicy(mode, RevocationPolicy.Scope.CHAIN, null, true, List.of(), false,
				null);
		this.operated.open(Duration.ofDays(900), (locations) -> locations.crls(List.of("file:" + crl)),
				GateSettings.server(true, TlsProfile.defaults()).withRevocation(policy));
		return part("revocation");
	}

	private static RevocationPolicy asking(OcspResponder responder) {
		return new RevocationPolicy(RevocationPolicy.Mode.HARD_FAIL, RevocationPolicy.Scope.LEAF, null, false,
				List.of(), false, new RevocationPolicy.OcspPolicy(responder.uri(), false, Duration.ofSeconds(10)));
	}

	private void askAbout(Gate gate, String client) {
		gate.askRevocation(this.operated.authority.client(client).chain()).join();
	}

	@SuppressWarnings("unchecked")
	private List<GateHealth.ResponderDescriptor> responders() {
		return (List<GateHealth.ResponderDescriptor>) Objects
			.requireNonNull(part("revocation").getDetails().get("ocspResponders"));
	}

	private CompositeHealthContributor gate() {
		return (CompositeHealthContributor) Objects.requireNonNull(this.health.getContributor("server"));
	}

	private void openTrusting(String... locations) {
		this.operated.open(Duration.ofDays(90),
				(builder) -> builder.systemTrust(true).trustCertificates(List.of(locations)),
				GateSettings.client("server", true, TlsProfile.defaults()));
	}

	private Health part(String name) {
		return Objects.requireNonNull(((HealthIndicator) Objects.requireNonNull(gate().getContributor(name))).health());
	}

}
