package dev.mtls.boot.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.test.TestAuthority;
import dev.mtls.tls.TlsProfile;

/**
 * A gate over files, with a clock that can be shifted.
 */
final class OperatedGate {

	final TestAuthority authority;

	final KillSwitch killSwitch = new KillSwitch(false);

	final GateRegistry registry = new GateRegistry();

	private final Path directory;

	private Instant now = Instant.now();

	OperatedGate(TestAuthority authority, Path directory) {
		this.authority = authority;
		this.directory = directory;
	}

	Gate open(Duration validity) {
		return open(validity, UnaryOperator.identity(), GateSettings.server(true, TlsProfile.defaults()));
	}

	Gate open(Duration validity, UnaryOperator<SnapshotLocationsBuilder> locations, GateSettings settings) {
		this.authority.server((request) -> request.validity(validity)).writeTo(this.directory, "server");
		this.authority.writeTo(this.directory, "ca");
		SnapshotLocationsBuilder builder = SnapshotLocations.builder("mtls.server")
			.pem("file:" + this.directory.resolve("server.crt"), "file:" + this.directory.resolve("server.key"), null)
			.trustCertificates(List.of("file:" + this.directory.resolve("ca.crt")));
		Gate gate = Gate.builder(settings, locations.apply(builder).build())
			.clock(clock())
			.killSwitch(this.killSwitch)
			.open();
		this.registry.add(gate, null);
		return gate;
	}

	InstantSource clock() {
		return () -> this.now;
	}

	void shift(Duration duration) {
		this.now = this.now.plus(duration);
	}

	Path trust() {
		return this.directory.resolve("ca.crt");
	}

}
