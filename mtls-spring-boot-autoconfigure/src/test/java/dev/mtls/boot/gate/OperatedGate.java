package dev.mtls.boot.gate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

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
public final class OperatedGate {

	public final TestAuthority authority;

	public final KillSwitch killSwitch = new KillSwitch(false);

	public final GateRegistry registry = new GateRegistry();

	private final Path directory;

	private Instant now = Instant.now();

	public OperatedGate(TestAuthority authority, Path directory) {
		this.authority = authority;
		this.directory = directory;
	}

	public Gate open(Duration validity) {
		return open(validity, UnaryOperator.identity(), GateSettings.server(true, TlsProfile.defaults()));
	}

	public Gate open(Duration validity, UnaryOperator<SnapshotLocationsBuilder> locations, GateSettings settings) {
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

	public InstantSource clock() {
		return () -> this.now;
	}

	public void shift(Duration duration) {
		this.now = this.now.plus(duration);
	}

	public Path trust() {
		return this.directory.resolve("ca.crt");
	}

}
