package dev.mtls.boot.documentation;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.mtls.boot.event.EventLogger;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateBuilder;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

/**
 * Opens gates that write to the log, in a time of their own.
 */
final class ExampleGates {

	static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T00:42:04Z"));

	private final TestAuthority authority = TestAuthority.create(this.now::get);

	private final Path directory;

	ExampleGates(Path directory) {
		this.directory = directory;
		this.authority.server().writeTo(directory, "tls");
		this.authority.writeTo(directory, "client-ca");
	}

	TestAuthority authority() {
		return this.authority;
	}

	Instant now() {
		return this.now.get();
	}

	void advance(Duration duration) {
		this.now.updateAndGet((instant) -> instant.plus(duration));
	}

	Gate server() {
		return server(UnaryOperator.identity());
	}

	Gate server(UnaryOperator<GateSettings> settings) {
		return server(settings, UnaryOperator.identity());
	}

	Gate server(UnaryOperator<GateSettings> settings, UnaryOperator<SnapshotLocationsBuilder> locations) {
		return builder(settings.apply(GateSettings.server(true, TlsProfile.defaults())),
				locations.apply(serverLocations()).build())
			.open();
	}

	Gate client() {
		return builder(GateSettings.client("client", true, TlsProfile.defaults()), locations("mtls.client").build())
			.open();
	}

	GateBuilder builder(GateSettings settings, SnapshotLocations locations) {
		return Gate.builder(settings, locations).clock(this.now::get).events(new EventLogger()::onEvent);
	}

	/**
	 * Have a gate decide on peers.
	 * @param gate the gate
	 * @param peers their certificates
	 */
	void admit(Gate gate, TestCertificate... peers) {
		for (TestCertificate peer : peers) {
			gate.admitPeer(peer.chain(), ADDRESS);
		}
	}

	String file(String name) {
		return "file:" + this.directory.resolve(name);
	}

	SnapshotLocations locations() {
		return serverLocations().build();
	}

	private SnapshotLocationsBuilder serverLocations() {
		return locations("mtls.server").pem(file("tls.crt"), file("tls.key"), null);
	}

	private SnapshotLocationsBuilder locations(String prefix) {
		return SnapshotLocations.builder(prefix).trustCertificates(List.of(file("client-ca.crt")));
	}

}
