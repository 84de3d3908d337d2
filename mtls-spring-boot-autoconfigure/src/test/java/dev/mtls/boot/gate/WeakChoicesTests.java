package dev.mtls.boot.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.PemText;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakChoices}.
 */
class WeakChoicesTests {

	private static final GateSettings SERVER = GateSettings.server(true, TlsProfile.defaults());

	@TempDir
	private Path directory;

	private OperatedGate operated;

	@BeforeEach
	void create() {
		this.operated = new OperatedGate(TestAuthority.create(), this.directory);
	}

	@Test
	void nothingIsWeakByDefault() {
		assertThat(choices(SERVER)).isEmpty();
	}

	@Test
	void reportOnlyIsWeak() {
		assertThat(choices(SERVER.withReportOnly(true))).singleElement()
			.asString()
			.endsWith("set mode=enforce once the reports are as expected");
	}

	@Test
	void softFailIsWeak() {
		assertThat(choices(SERVER.withRevocation(revocation(RevocationPolicy.Mode.SOFT_FAIL)))).singleElement()
			.asString()
			.contains("its holder gets in; set revocation.mode=hard-fail");
		assertThat(choices(SERVER.withRevocation(revocation(RevocationPolicy.Mode.HARD_FAIL)))).isEmpty();
	}

	@Test
	void protocolsWithoutTheLatestAreWeak() {
		assertThat(choices(GateSettings.server(true, new TlsProfile(List.of("TLSv1.2"), List.of(), List.of()))))
			.containsExactly("TLSv1.3 is not spoken; add it to protocols");
	}

	@Test
	void anchorThatHasExpiredIsWeak() {
		Gate gate = this.operated.open(Duration.ofDays(90));
		Instant end = this.operated.authority.anchor().getNotAfter().toInstant();
		assertThat(WeakChoices.of(gate, end)).isEmpty();
		assertThat(WeakChoices.of(gate, end.plusSeconds(1))).singleElement()
			.asString()
			.startsWith("trust anchor '%s' has expired"
				.formatted(this.operated.authority.anchor().getSubjectX500Principal().getName()))
			.endsWith("remove it from trust-certificates");
	}

	@Test
	void anchorOfThePlatformThatHasExpiredIsNoChoice() {
		Gate gate = this.operated.open(Duration.ofDays(90),
				(locations) -> locations.systemTrust(true).trustCertificates(List.of("system")),
				GateSettings.client("client", true, TlsProfile.defaults()));
		assertThat(WeakChoices.of(gate, this.operated.clock().instant().plus(Duration.ofDays(36_525)))).isEmpty();
	}

	@Test
	void manyAnchorsAreWeakWithoutNamesAndPins() throws IOException {
		Path others = Files.writeString(this.directory.resolve("others.crt"),
				IntStream.range(0, 20)
					.mapToObj((i) -> PemText.of(TestAuthority.create().anchor()))
					.collect(Collectors.joining()));
		UnaryOperator<SnapshotLocationsBuilder> many = (locations) -> locations
			.trustCertificates(List.of("file:" + this.operated.trust(), "file:" + others));
		assertThat(choices(SERVER, many)).singleElement()
			.asString()
			.contains("21 trust anchors and neither names nor pins", "set allowed-clients");
		assertThat(choices(SERVER,
				(locations) -> many.apply(locations).allowedPeers("allowed-clients", List.of("dns:a.example.com"))))
			.isEmpty();
		assertThat(
				choices(SERVER, (locations) -> many.apply(locations).pins(List.of("cert-sha256:" + "00".repeat(32)))))
			.isEmpty();
		assertThat(choices(GateSettings.client("client", true, TlsProfile.defaults()), many)).isEmpty();
	}

	private List<String> choices(GateSettings settings) {
		return choices(settings, UnaryOperator.identity());
	}

	private List<String> choices(GateSettings settings, UnaryOperator<SnapshotLocationsBuilder> locations) {
		Gate gate = this.operated.open(Duration.ofDays(90), locations, settings);
		return WeakChoices.of(gate, this.operated.clock().instant());
	}

	private static RevocationPolicy revocation(RevocationPolicy.Mode mode) {
		return new RevocationPolicy(mode, RevocationPolicy.Scope.CHAIN, null, false, List.of(), true, null);
	}

}
